package classic

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mattn/go-shellwords"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// sshopts is the variable that says how targets are reached.
const sshopts = "SSHOPTS"

// errUnclosed is the one error of who replaces nothing.
var errUnclosed = errors.New("a quote isn't closed, or nothing follows a backslash")

// parseEnv reads the words of SCAN_ENV, and of the SSHOPTS among them what a scan
// file has keys for.
func parseEnv(text string) (map[string]string, job.TargetOptions, error) {
	parser := shellwords.NewParser() // which replaces neither variables nor commands
	words, err := parser.Parse(text)
	switch {
	case err != nil:
		return nil, job.TargetOptions{}, errUnclosed // the parser's own words say no more
	case parser.Position >= 0:
		return nil, job.TargetOptions{}, fmt.Errorf("%q would be another command; quote it", text[parser.Position:])
	}
	env := make(map[string]string, len(words))
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			return nil, job.TargetOptions{}, fmt.Errorf("%q is no key=value", word)
		}
		env[key] = value
	}
	targets, err := job.ParseSSHOPTS(env[sshopts])
	delete(env, sshopts)
	if rest := unsaid(targets).SSHOPTS(); rest != "" {
		env[sshopts] = rest
	}
	return env, targets, err
}

// unsaid is what a scan file has no key for; it goes on in its SCAN_ENV.
func unsaid(o job.TargetOptions) job.TargetOptions {
	rest := job.TargetOptions{
		KnownHosts: o.KnownHosts, ProxyJump: o.ProxyJump, Certificates: o.Certificates,
		IdentitiesOnly: o.IdentitiesOnly, OnlySaid: o.OnlySaid,
	}
	if len(o.Identities) > 1 {
		rest.Identities = o.Identities[1:]
	}
	if o.PortSaid && o.Port == spec.DefaultPort { // which goes before what ssh_config says
		rest.Port = o.Port
	}
	return rest
}
