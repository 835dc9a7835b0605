package spec

import (
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// Policy is what scan files may say on a machine, whoever has written them: the word
// of the one who keeps it. What a list doesn't hold is refused; where a key isn't
// written nothing is, but for ScanEnv.
type Policy struct {
	// Version of the policy file's format. There is one so far.
	Version int `yaml:"version" validate:"eq=1"`
	// Dir lists the folders that a scan's dir is, or is below of.
	Dir []string `yaml:"dir" validate:"omitempty,min=1,dive,abs_path"`
	// Hosts lists the workers, as patterns of path.Match: local, names and addresses,
	// each with "user@" before it where the scan file names a user.
	Hosts []string `yaml:"hosts" validate:"omitempty,min=1,dive,worker_glob"`
	// KnownHosts lists the files of the workers' host keys.
	KnownHosts []string `yaml:"known_hosts" validate:"omitempty,min=1,dive,abs_path"`
	// Deploy lists "auto" and "never".
	Deploy []string `yaml:"deploy" validate:"omitempty,min=1,dive,oneof=auto never"`
	// DeployFrom lists the folders of builds for worker hosts; where only Deploy is
	// written there are none.
	DeployFrom []string `yaml:"deploy_from" validate:"omitempty,min=1,dive,abs_path"`
	// Shells lists what may read the script on targets.
	Shells []string `yaml:"shells" validate:"omitempty,min=1,dive,one_line"`
	// MaxJobs is how many targets all workers of one host may have in hand; 0 is no
	// bound.
	MaxJobs int `yaml:"max_jobs" validate:"omitempty,min=1,max=100000"`
	// HostKeys lists how targets' host keys may be taken.
	HostKeys []string `yaml:"host_keys" validate:"omitempty,min=1,dive,oneof=accept-new strict off"`
	// Hooks tells whether there may be any.
	Hooks bool `yaml:"hooks"`
	// HookEnv lists the variables, as patterns, that hooks may get of the environment; a
	// scan file with hooks has to name which of them it wants.
	HookEnv []string `yaml:"hook_env" validate:"omitempty,min=1,dive,env_glob"`
	// ScanEnv lists the variables that SCAN_ENV may set, as patterns. Where it isn't
	// written they are DefaultScanEnv: others, such as PATH, HOME or LD_PRELOAD, would
	// undo the rest.
	ScanEnv []string `yaml:"SCAN_ENV" validate:"omitempty,min=1,dive,env_glob"`
	// FromEnv lists the variables, as patterns, and FromFile the files that scan files
	// may have secrets from.
	FromEnv  []string `yaml:"from_env" validate:"omitempty,min=1,dive,env_glob"`
	FromFile []string `yaml:"from_file" validate:"omitempty,min=1,dive,abs_path"`

	file string
	pos  map[string]diag.Pos
}

// DefaultScanEnv are the variables that SCAN_ENV may set where a policy says nothing.
var DefaultScanEnv = []string{"LANG", "LC_*", "TZ"}

// LoadPolicy reads a policy file and gives all that is wrong with it. It may only be
// gone by where the list is empty.
func LoadPolicy(path string) (*Policy, diag.List) {
	data, _, err := read(open.Anywhere, path)
	if err != nil {
		var problems diag.List
		problems.Errorf(diag.Pos{File: path}, "", "the policy can't be read: %v", err)
		return nil, problems
	}
	return ParsePolicy(path, data)
}

// ParsePolicy reads the text of a policy file, as LoadPolicy does.
func ParsePolicy(file string, data []byte) (*Policy, diag.List) {
	p := &Policy{Hooks: true, file: file}
	problems := checkText(file, data)
	if problems.HasErrors() {
		return p, problems
	}
	root, problems := parseYAML(file, data)
	if root == nil {
		return p, problems
	}
	r := newReader(file)
	r.problems, r.whole = problems, reflect.TypeFor[Policy]()
	r.refuse(root)
	r.structure(root, reflect.ValueOf(p).Elem(), spot{})
	r.validate(p)
	if _, written := r.pos["max_jobs"]; written && p.MaxJobs == 0 && !r.told("max_jobs") {
		r.tell(r.at("max_jobs"), "leave it out for no bound", "max_jobs is less than 1")
	}
	if p.ScanEnv == nil {
		p.ScanEnv = DefaultScanEnv
	}
	p.pos = r.pos
	r.problems.Sort()
	return p, r.problems
}

// At gives the place of a key in the policy file, as Scan.At does.
func (p *Policy) At(key string) diag.Pos { return at(p.pos, p.file, key) }

// absPath judges a plain absolute path.
func absPath(s string) (problem, hint string) {
	if problem, hint := filePath(s); problem != "" {
		return problem, hint
	}
	switch {
	case !filepath.IsAbs(s):
		return "is no absolute path", "a policy holds wherever a scan file is"
	case strings.TrimSuffix(s, "/") != path.Clean(s) && path.Clean(s) != "/":
		return "is no plain path", "did you mean " + shown(path.Clean(s)) + "?"
	}
	return "", ""
}

// workerGlob judges a pattern of workers. A bracket may be an address's.
func workerGlob(s string) (problem, hint string) {
	if _, err := path.Match(s, ""); err != nil || strings.ContainsAny(s, " \t/") || s == "" {
		return "is no pattern of workers", "such as scan*.example.com, headless@scan1 or local"
	}
	return "", ""
}

// EnvGlobPattern is that of the name of a variable, or the begin of several.
const EnvGlobPattern = `^[A-Za-z_][A-Za-z0-9_]*\*?$`

var isEnvGlob = regexp.MustCompile(EnvGlobPattern).MatchString

// envGlob judges the name of a variable, or the begin of several.
func envGlob(s string) (problem, hint string) {
	if !isEnvGlob(s) {
		return "is no name of an environment variable", "such as LANG, or LC_* for all that begin so"
	}
	return "", ""
}
