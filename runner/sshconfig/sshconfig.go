// Package sshconfig reads the configuration of OpenSSH's client (ssh_config(5)) and
// says what it holds for a host. What it doesn't understand, and what would change
// who is connected to or trusted, is an error where it applies, and never passed
// over.
package sshconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// System is the path of the system's configuration.
const System = "/etc/ssh/ssh_config"

// Env is what configurations may refer to.
type Env struct {
	// Home and User are those of who connects, Host is the name of this host.
	Home, User, Host string
	// Environ is the environment, as key=value.
	Environ []string
}

// Config is a configuration: the user's file, then the system's. It is safe for
// concurrent use.
type Config struct {
	env   Env
	files []*file
}

// Error is what is wrong in a configuration, and where.
type Error struct {
	File string
	Line int
	Text string
}

// Error says "file:line: what".
func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text) }

// Read reads ~/.ssh/config, then the system's file, and what they include. A file
// that isn't there says nothing. The error is an *Error, or that of a file that
// can't be read.
func Read(env Env, system string) (*Config, error) {
	c := &Config{env: env}
	var paths []string
	if filepath.IsAbs(env.Home) {
		paths = append(paths, filepath.Join(env.Home, ".ssh", "config"))
	}
	for _, path := range append(paths, system) {
		p := parser{env: env, dir: filepath.Dir(path), all: new(int)}
		f, err := p.file(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		c.files = append(c.files, f)
	}
	return c, nil
}

// IsEmpty tells that nothing is said for any host.
func (c *Config) IsEmpty() bool { return len(c.files) == 0 }

// Says tells that a directive, in lower case, stands anywhere, for whatever host.
func (c *Config) Says(directive string) bool {
	return slices.ContainsFunc(c.files, func(f *file) bool { return f.says(directive) })
}

// Options are what a configuration holds for a host. What it doesn't say is empty.
type Options struct {
	// Silent tells that it says nothing.
	Silent bool
	// HostName is what to connect to in the place of the host's name.
	HostName, User string
	Port           int
	// Identities and Certificates are paths; all of them count.
	Identities, Certificates []string
	// IdentitiesOnly leaves out an agent's keys that none of Identities names.
	IdentitiesOnly bool
	// ProxyJump are the hosts to go through, parted by commas.
	ProxyJump string
	// KnownHosts are paths of the user's and the system's known host keys; the
	// usual ones where KnownHostsSaid is false.
	KnownHosts     []string
	KnownHostsSaid bool
	// HostKeys is StrictHostKeyChecking: yes, no, accept-new or ask.
	HostKeys string
	// ConnectTimeout in seconds.
	ConnectTimeout int
	// Algorithms in the order of preference, as written: a list may begin with
	// "+", "-" or "^".
	HostKeyAlgorithms, KexAlgorithms, Ciphers, MACs string
}

// For says what holds for a host by the name that it is asked for by, as a user,
// who is empty where nobody is named. The error is an *Error.
func (c *Config) For(host, user string) (Options, error) {
	e := &evaluation{config: c, original: host, given: user}
	if err := e.all(); err != nil {
		return Options{}, err
	}
	if e.wantsFinal {
		e.final = true
		if err := e.all(); err != nil {
			return Options{}, err
		}
	}
	if e.set == nil && e.lists[0] == nil && e.lists[1] == nil {
		return Options{Silent: true}, nil
	}
	return e.options()
}

// setting is what was said first, and where.
type setting struct {
	*item
	args []string
}

// evaluation goes through a configuration for one host.
type evaluation struct {
	config          *Config
	original, given string
	final           bool // it is the last pass
	wantsFinal      bool
	set             map[string]setting
	lists           [2][]setting // identities, certificates
	ignored         []string     // patterns of directives that nobody need know
}

// all goes through all files.
func (e *evaluation) all() error {
	for _, f := range e.config.files {
		if err := e.file(f, scope{on: true}); err != nil {
			return err
		}
	}
	return nil
}

// scope tells whether what follows applies. Where that can't be known, doubt is why.
type scope struct {
	on    bool
	doubt *item
}

// file goes through a file in a scope, which its Host and Match narrow.
func (e *evaluation) file(f *file, outer scope) error {
	name := e.original
	if e.final {
		name = e.hostName() // as ssh has it after the first pass
	}
	now := outer
	for i := range f.items {
		it := &f.items[i]
		switch it.key {
		case "host":
			now = scope{on: outer.on && matchList(it.args, name), doubt: outer.doubt}
		case "match":
			var err error
			if now, err = e.match(it, outer); err != nil {
				return err
			}
		case "include":
			for _, inner := range it.files {
				if err := e.file(inner, now); err != nil {
					return err
				}
			}
		default:
			if now.on {
				if err := e.directive(it, now.doubt); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// directive takes what one says, unless another has said it before.
func (e *evaluation) directive(it *item, doubt *item) error {
	kind := kindOf(it)
	if it.key == "ignoreunknown" {
		for _, patterns := range it.args {
			e.ignored = append(e.ignored, strings.Split(strings.ToLower(patterns), ",")...)
		}
	}
	if kind == harmless || kind == unknown && matchList(e.ignored, it.key) {
		return nil
	}
	if doubt != nil {
		return doubt.wrong("whether %q holds for %s can't be known here, and %s below it would; take what holds for %[2]s out of it",
			"Match "+strings.Join(doubt.args, " "), e.original, it.name)
	}
	if kind == foreign || kind == unknown {
		return it.wrong("%s applies to %s, and isn't understood here; take it out for that host", it.name, e.original)
	}
	if e.final && it.key == "hostname" {
		return nil // ssh has settled on one by then
	}
	s := setting{it, it.args}
	switch it.key {
	case "identityfile":
		e.list(0, s)
	case "certificatefile":
		e.list(1, s)
	default:
		key := it.key
		if key == "proxycommand" { // "none", which keeps a later ProxyJump from counting
			key = "proxyjump"
		}
		if e.set == nil {
			e.set = make(map[string]setting)
		}
		if _, said := e.set[key]; !said {
			e.set[key] = s
		}
	}
	return nil
}

// list adds to a list what isn't in it yet: the last pass says it all again.
func (e *evaluation) list(i int, s setting) {
	if !slices.ContainsFunc(e.lists[i], func(said setting) bool { return said.args[0] == s.args[0] }) {
		e.lists[i] = append(e.lists[i], s)
	}
}
