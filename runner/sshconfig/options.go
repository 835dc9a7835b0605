package sshconfig

import (
	"fmt"
	"strconv"
	"strings"
)

// options puts together what was said.
func (e *evaluation) options() (Options, error) {
	o := Options{User: e.one("user"), ProxyJump: e.one("proxyjump")}
	if e.one("hostname") != "" {
		o.HostName = e.hostName()
	}
	if strings.EqualFold(o.ProxyJump, none) {
		o.ProxyJump = ""
	}
	for key, at := range map[string]*string{
		"hostkeyalgorithms": &o.HostKeyAlgorithms, "kexalgorithms": &o.KexAlgorithms, "ciphers": &o.Ciphers, "macs": &o.MACs,
	} {
		*at = e.one(key)
	}
	var err error
	if o.Port, err = e.port(); err != nil {
		return o, err
	}
	if o.ConnectTimeout, err = e.seconds("connecttimeout"); err != nil {
		return o, err
	}
	if o.HostKeys, err = e.word("stricthostkeychecking", policies); err != nil {
		return o, err
	}
	only, err := e.word("identitiesonly", yesNo)
	o.IdentitiesOnly = only == "yes"
	if err != nil {
		return o, err
	}
	return o, e.paths(&o)
}

const none = "none"

// policies and yesNo are the values of options, and what they mean.
var (
	policies = map[string]string{
		"yes": "yes", "true": "yes", "no": "no", "off": "no", "false": "no", "accept-new": "accept-new", "ask": "ask",
	}
	yesNo = map[string]string{"yes": "yes", "true": "yes", "no": "no", "false": "no"}
)

// one is the value of an option that has one.
func (e *evaluation) one(key string) string {
	if s, ok := e.set[key]; ok {
		return s.args[0]
	}
	return ""
}

func (e *evaluation) port() (int, error) {
	s, ok := e.set["port"]
	if !ok {
		return 0, nil
	}
	n, err := Port(s.args[0])
	if err != nil {
		return 0, s.wrong("%s %v", s.name, err)
	}
	return n, nil
}

func (e *evaluation) seconds(key string) (int, error) {
	s, ok := e.set[key]
	if !ok || strings.EqualFold(s.args[0], none) {
		return 0, nil
	}
	n, err := Seconds(s.args[0])
	if err != nil {
		return 0, s.wrong("%s %v", s.name, err)
	}
	return n, nil
}

func (e *evaluation) word(key string, words map[string]string) (string, error) {
	s, ok := e.set[key]
	if !ok {
		return "", nil
	}
	value, known := words[strings.ToLower(s.args[0])]
	if !known {
		return "", s.wrong("%s can't be %q", s.name, s.args[0])
	}
	return value, nil
}

// paths puts together the options that name files.
func (e *evaluation) paths(o *Options) error {
	tokens := e.tokens(*o)
	for i, at := range []*[]string{&o.Identities, &o.Certificates} {
		for _, s := range e.lists[i] {
			if err := e.path(at, s, s.args[0], tokens); err != nil {
				return err
			}
		}
	}
	for _, key := range []string{"userknownhostsfile", "globalknownhostsfile"} {
		s, ok := e.set[key]
		o.KnownHostsSaid = o.KnownHostsSaid || ok
		for _, path := range s.args {
			if err := e.path(&o.KnownHosts, s, path, tokens); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *evaluation) path(at *[]string, s setting, path string, tokens map[byte]string) error {
	if strings.EqualFold(path, none) {
		return nil
	}
	path, err := expand(e.config.env.home(path), tokens)
	if err == nil {
		path, err = e.config.env.variables(path)
	}
	if err != nil {
		return s.wrong("%s: %v", s.name, err)
	}
	*at = append(*at, path)
	return nil
}

// tokens are what stands behind "%" (ssh_config(5), TOKENS).
func (e *evaluation) tokens(o Options) map[byte]string {
	env := e.config.env
	port := "22"
	if o.Port != 0 {
		port = strconv.Itoa(o.Port)
	}
	short, _, _ := strings.Cut(env.Host, ".")
	return map[byte]string{
		'd': env.Home, 'h': e.hostName(), 'k': e.original, 'L': short, 'l': env.Host, 'n': e.original, 'p': port, 'r': e.user(), 'u': env.User,
	}
}

// expand replaces tokens.
func expand(text string, tokens map[byte]string) (string, error) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "%")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		if after == "" {
			return "", fmt.Errorf("%q ends with a percent sign", text)
		}
		value, known := tokens[after[0]]
		if after[0] == '%' {
			value, known = "%", true
		}
		if !known {
			return "", fmt.Errorf("%%%c isn't understood here", after[0])
		}
		out.WriteString(value)
		text = after[1:]
	}
}

// variables replaces ${NAME}.
func (e Env) variables(text string) (string, error) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed {
			return "", fmt.Errorf("%q isn't closed", text)
		}
		value := e.lookup(name)
		if value == "" {
			return "", fmt.Errorf("the environment has no %s", name)
		}
		out.WriteString(value)
		text = rest
	}
}

// lookup gives a variable of the environment; empty where there is none.
func (e Env) lookup(name string) string {
	for _, variable := range e.Environ {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value
		}
	}
	return ""
}
