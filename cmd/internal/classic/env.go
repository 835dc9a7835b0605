package classic

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mattn/go-shellwords"

	"scanmaster/runner/job"
)

// sshopts is the variable that says how targets are reached.
const sshopts = "SSHOPTS"

// parseEnv reads the words of SCAN_ENV, and of the SSHOPTS among them what a scan
// file has keys for.
func parseEnv(text string) (map[string]string, job.TargetOptions, error) {
	parser := shellwords.NewParser() // which replaces neither variables nor commands
	words, err := parser.Parse(text)
	if err == nil && parser.Position >= 0 {
		err = fmt.Errorf("%q would be another command; quote it", text[parser.Position:])
	}
	if err != nil {
		return nil, job.TargetOptions{}, err
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
	if err == nil {
		err = unsaid(targets)
	}
	delete(env, sshopts)
	return env, targets, err
}

// unsaid refuses what a scan file has no key for.
func unsaid(o job.TargetOptions) error {
	switch {
	case len(o.Identities) > 1:
		return errors.New("SSHOPTS: a scan has one identity file (targets.identity); name one")
	case len(o.KnownHosts) > 0:
		return errors.New("SSHOPTS: a scan remembers the host keys of targets itself, in DIR/.scanmaster/host_keys; leave UserKnownHostsFile out, and put the file there")
	}
	return nil
}
