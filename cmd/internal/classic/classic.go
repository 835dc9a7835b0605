// Package classic writes what the classic suite's command line of scanmaster(1) says
// as a scan file.
package classic

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"scanmaster/runner/job"
	"scanmaster/spec"
	"scanmaster/spec/diag"
)

// Workers is the file of worker hosts where nothing is said.
const Workers = "/usr/local/share/scanmaster/slavenodes"

// Line is a classic command line. What isn't said is empty.
type Line struct {
	// Name, Input and Remote are -n, -i and -r, which must be said.
	Name, Input, Remote string
	// Auth, Dir, Jobs and Workers are -A, -d, -j and -w.
	Auth, Dir, Jobs, Workers string
	// Pre, PostChunk and Aggregator are -p, -c and -a.
	Pre, PostChunk, Aggregator string
	// Attended is -H.
	Attended bool
	// Passthrough is what follows the "--".
	Passthrough []string
	// Env is the environment variable SCAN_ENV.
	Env string
}

// File is a scan file, and where it comes from.
type File struct {
	Text []byte
	// from names the flag, or the variable, that each line of the text comes from;
	// empty where it is a default.
	from []string
}

// File writes the scan file that says the same: what the classic suite does
// otherwise than a scan file by itself stands in it, too. The errors are of SCAN_ENV,
// which must hold key=value words, quoted as in a shell, and of what is no text, which
// no scan file can hold.
func (l Line) File() (File, error) {
	if err := l.text(); err != nil {
		return File{}, err
	}
	env, targets, err := parseEnv(l.Env)
	if err != nil {
		return File{}, fmt.Errorf("SCAN_ENV: %w", err)
	}
	var f File
	f.add("", "version", 1)
	f.add("-n", "name", l.Name)
	f.add("-i", "input", l.Input)
	f.add("-r", "remote", l.Remote)
	f.add("-w", "hosts", map[string]string{"file": cmp.Or(l.Workers, Workers)})
	f.say("-d", "dir", l.Dir)
	f.hooks(l)
	if len(env) > 0 {
		f.add("SCAN_ENV", "SCAN_ENV", env)
	}
	if n, err := strconv.Atoi(l.Jobs); err == nil {
		f.add("-j", "jobs", n)
	} else {
		f.say("-j", "jobs", l.Jobs)
	}
	f.say("-A", "auth", l.Auth)
	f.targets(targets, cmp.Or(l.Auth, spec.DefaultAuth) != spec.DefaultAuth)
	if l.Attended {
		f.add("-H", "attach", true) // and bash reads the script, as by itself
	} else {
		f.add("", "shell", spec.ShellLogin)
	}
	if len(l.Passthrough) > 0 {
		f.add("--", "passthrough", l.Passthrough)
	}
	f.add("", "keep", 0)
	return f, nil
}

// text makes sure that all is text.
func (l Line) text() error {
	for _, said := range []struct{ from, value string }{
		{"-n", l.Name}, {"-i", l.Input}, {"-r", l.Remote}, {"-A", l.Auth}, {"-d", l.Dir}, {"-j", l.Jobs}, {"-w", l.Workers},
		{"-p", l.Pre}, {"-c", l.PostChunk}, {"-a", l.Aggregator}, {"SCAN_ENV", l.Env},
	} {
		if !utf8.ValidString(said.value) {
			return fmt.Errorf("%s: %q is not UTF-8, and so can't stand in a scan file", said.from, said.value)
		}
	}
	return nil
}

// add adds a key, and remembers which flag it comes from.
func (f *File) add(from, key string, value any) {
	var text bytes.Buffer
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	if err := e.Encode(yaml.Node{
		Kind: yaml.MappingNode, Content: []*yaml.Node{node(key), node(value)},
	}); err != nil {
		panic(err) // these are all values of ours, that can be written
	}
	f.Text = append(f.Text, text.Bytes()...)
	for range bytes.Count(text.Bytes(), []byte{'\n'}) {
		f.from = append(f.from, from)
	}
}

// say adds a key that was said.
func (f *File) say(from, key, value string) {
	if value != "" {
		f.add(from, key, value)
	}
}

func node(value any) *yaml.Node {
	n := new(yaml.Node)
	if err := n.Encode(value); err != nil {
		panic(err) // as in add
	}
	escape(n)
	return n
}

// escape has what isn't seen written by its number, and a line stay one.
func escape(n *yaml.Node) {
	if strings.ContainsFunc(n.Value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, inner := range n.Content {
		escape(inner)
	}
}

// hooks adds those that were said, each line with its own flag.
func (f *File) hooks(l Line) {
	at := len(f.from)
	hooks := new(yaml.Node)
	hooks.Kind = yaml.MappingNode
	from := []string{""}
	for _, hook := range []struct{ flag, key, path string }{
		{"-p", "pre", l.Pre}, {"-c", "post_chunk", l.PostChunk}, {"-a", "aggregate", l.Aggregator},
	} {
		if hook.path != "" {
			hooks.Content = append(hooks.Content, node(hook.key), node(hook.path))
			from = append(from, hook.flag)
		}
	}
	if len(from) == 1 {
		return
	}
	f.add("", "hooks", hooks)
	copy(f.from[at:], from)
}

// targets adds what SSHOPTS says, as far as it isn't the default. Where a password may
// be sent, that new host keys are accepted has to be written out.
func (f *File) targets(o job.TargetOptions, password bool) {
	said := make(map[string]any)
	if o.User != "" {
		said["user"] = o.User
	}
	if len(o.Identities) > 0 {
		said["identity"] = o.Identities[0]
	}
	if o.Port != spec.DefaultPort {
		said["port"] = o.Port
	}
	if policy := policies[o.HostKeys]; policy != spec.DefaultHostKeys || password {
		said["host_keys"] = policy
	}
	algorithms := make(map[string][]string)
	for key, names := range map[string][]string{
		"kex": o.KexAlgorithms, "ciphers": o.Ciphers, "macs": o.MACs, "host_keys": o.HostKeyAlgorithms,
	} {
		if len(names) > 0 {
			algorithms[key] = names
		}
	}
	if len(algorithms) > 0 {
		said["algorithms"] = algorithms
	}
	if len(said) > 0 {
		f.add("SSHOPTS", "targets", said)
	}
	if o.ConnectTimeout > 0 {
		f.add("SSHOPTS", "timeouts", map[string]string{"connect": strconv.Itoa(o.ConnectTimeout) + "s"})
	}
}

// policies are the values of targets.host_keys for those of StrictHostKeyChecking.
var policies = map[string]string{job.HostKeyNew: "accept-new", job.HostKeyYes: "strict", job.HostKeyNo: "off"}

// Where puts the flag that a problem comes from in the place of its line.
func (f File) Where(problems diag.List, file string) {
	for i := range problems {
		pos := &problems[i].Pos
		if pos.File == file && pos.Line > 0 && pos.Line <= len(f.from) {
			*pos = diag.Pos{File: file + " " + f.from[pos.Line-1]}
		}
	}
}
