package spec

import (
	"path"
	"regexp"
	"strings"
	"unicode"

	"scanmaster/spec/algorithm"
)

// The patterns of what is no free text.
const (
	// NamePattern is that of a scan's name.
	NamePattern = `^[A-Za-z0-9][A-Za-z0-9._-]*$`
	// EnvPattern is that of an environment variable's name.
	EnvPattern = `^[A-Za-z_][A-Za-z0-9_]*$`
	// UserPattern is that of a name to log in as.
	UserPattern = `^[A-Za-z0-9_.][A-Za-z0-9_.@\\+$-]*$`
	// FlagPattern is that of a word to hand through: flags, but for those that
	// would add hosts, lead the output elsewhere, end the options or undo what
	// the scan file says (-A, -f, -h, -n, -o, -p, -r, -s).
	FlagPattern = `^-[B-Za-egi-mqt-z0-9]+$`
	// FailOnPattern is that of the classes of results: every exit status that
	// a script can have but 0.
	FailOnPattern = `^(unreachable|failed|unknown|exit_([1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-4]))$`
	// RetryPattern is that of the classes and reasons of failures after which
	// a target may be tried again.
	RetryPattern = `^(noping|nosshd|nossh|resolve|unreachable|no-echo|refused|timeout|not-ssh|protocol|lost|local)$`
)

var (
	isName   = regexp.MustCompile(NamePattern).MatchString
	isEnv    = regexp.MustCompile(EnvPattern).MatchString
	isUser   = regexp.MustCompile(UserPattern).MatchString
	isFlag   = regexp.MustCompile(FlagPattern).MatchString
	isFailOn = regexp.MustCompile(FailOnPattern).MatchString
	isRetry  = regexp.MustCompile(RetryPattern).MatchString
)

// rule judges a text: what is wrong with it, and how it may be mended. The
// problem never quotes the text, which may be another file's; the hint may.
type rule func(text string) (problem, hint string)

// rules are the words of scan.go's validate tags that are ours.
var rules = map[string]rule{
	"scan_name":   scanName,
	"file_path":   filePath,
	"share_dir":   shareDir,
	"worker_host": workerHost,
	"env_name":    envName,
	"not_ours":    notOurs,
	"login_name":  loginName,
	"no_blanks":   noBlanks,
	"no_nul":      noNUL,
	"one_line":    oneLine,
	"flag":        flag,
	"limit_key":   limitKey,
	"retry_key":   retryKey,
	"abs_path":    absPath,
	"worker_glob": workerGlob,
	"env_glob":    envGlob,

	"kex_name":      knownAs(algorithm.KeyExchange),
	"cipher_name":   knownAs(algorithm.Cipher),
	"mac_name":      knownAs(algorithm.MAC),
	"host_key_name": knownAs(algorithm.HostKey),
}

func scanName(s string) (problem, hint string) {
	switch {
	case strings.Contains(s, "/"):
		return "holds a slash", "it is one word that names files and folders"
	case !isName(s):
		return "is not safe as the name of a folder", "letters, digits and . _ - of ASCII, beginning with a letter or a digit"
	case strings.Contains(s, ".."):
		return "holds ..", "single dots are fine"
	}
	return "", ""
}

func filePath(s string) (problem, hint string) {
	switch {
	case strings.ContainsFunc(s, unicode.IsControl):
		return "holds a control character", ""
	case strings.HasPrefix(s, "-"):
		return "begins with a dash, and would be taken for an option", "did you mean ./" + shown(s) + "?"
	}
	return "", ""
}

// shareDir judges the folder below which all output goes. Like all paths it
// may be relative to the scan file.
func shareDir(s string) (problem, hint string) {
	if problem, hint := filePath(s); problem != "" {
		return problem, hint
	}
	clean := path.Clean(s)
	switch {
	case clean == "/":
		return "is the root of the file system", "name a folder of the share"
	case strings.TrimSuffix(s, "/") != clean:
		return "is no plain path", "did you mean " + shown(clean) + "?"
	}
	return "", ""
}

func envName(s string) (problem, hint string) {
	if !isEnv(s) {
		return "is no name of an environment variable", "letters, digits and underscores, not beginning with a digit"
	}
	return "", ""
}

// ours are the variables by which a worker finds its job file, and its secrets.
var ours = map[string]bool{"SCANMASTER_JOB": true, "SCANMASTER_JOB_SHA256": true, "SCANMASTER_SECRETS": true}

func notOurs(s string) (problem, hint string) {
	if ours[s] {
		return "is scanmaster's own", "leave it out"
	}
	return "", ""
}

// envValue refuses what the classic "env KEY=VALUE … screen" can't carry.
func envValue(s string) (problem, hint string) {
	if strings.ContainsAny(s, "\n\r") {
		return "holds the end of a line", "it is handed to the workers in one line"
	}
	return noNUL(s)
}

func loginName(s string) (problem, hint string) {
	switch {
	case strings.HasPrefix(s, "-"):
		return "begins with a dash, and would be taken for an option", ""
	case !isUser(s):
		return "is no name to log in as", ""
	}
	return "", ""
}

// noBlanks is for what travels in SSHOPTS, which is split at blanks.
func noBlanks(s string) (problem, hint string) {
	if strings.ContainsFunc(s, unicode.IsSpace) {
		return "holds a blank, and SSHOPTS is split at blanks", "give the file a name without blanks on the workers"
	}
	return "", ""
}

func noNUL(s string) (problem, hint string) {
	if strings.ContainsRune(s, 0) {
		return "holds a NUL byte", ""
	}
	return "", ""
}

func oneLine(s string) (problem, hint string) {
	switch {
	case strings.TrimSpace(s) == "":
		return "is blank", "did you mean bash -s, or login?"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "holds a control character", ""
	}
	return "", ""
}

func flag(s string) (problem, hint string) {
	switch {
	case !strings.HasPrefix(s, "-") || s == "-":
		return "is no flag, and would be taken for a host", "flags begin with a dash, such as -I"
	case s == "--":
		return "ends the options, and the workers' own would follow it", "leave it out"
	case !isFlag(s):
		return "can't be handed through", "-A -f -h -n -o -p -r -s would undo what the scan file says"
	}
	return "", ""
}

func limitKey(s string) (problem, hint string) {
	switch {
	case isFailOn(s):
		return "", ""
	case s == "exit_0":
		return "is success", "exit_1 to exit_254 count failures"
	case s == "exit_255":
		return "counts as unreachable", "did you mean unreachable?"
	}
	return "is no class of results", "unreachable, failed, unknown, or exit_1 to exit_254"
}
