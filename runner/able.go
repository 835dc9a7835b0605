package runner

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

// able makes sure of what the workers on this machine need of it, as they will
// find it: the keys for the targets, and room for temporary files. An earlier
// scan must not make way for one that can't run.
func able(p plan.Plan, cfg Config) error {
	env := workerEnv(p, cfg)
	temp, err := os.CreateTemp(env["TMPDIR"], "scanmaster-")
	if err != nil {
		return fmt.Errorf("temporary files: %w; TMPDIR says where they go", err)
	}
	if err := errors.Join(temp.Close(), os.Remove(temp.Name())); err != nil {
		return err
	}
	targets, err := job.ParseSSHOPTS(env["SSHOPTS"])
	if err != nil {
		return err
	}
	for _, identity := range targets.Identities {
		if rest, ok := strings.CutPrefix(identity, "~/"); ok {
			identity = filepath.Join(env["HOME"], rest)
		}
		_, err := remote.KeyFile(identity)
		if errors.Is(err, remote.ErrPassphrase) && cfg.AgentSocket != "" {
			continue // the agent may hold it
		}
		if err != nil {
			return fmt.Errorf("targets.identity: %w", err)
		}
	}
	return nil
}

// workerEnv is the environment of the workers on this machine.
func workerEnv(p plan.Plan, cfg Config) map[string]string {
	all := slices.Concat(cfg.Environ, launchOf(p).Env)
	env := make(map[string]string, len(all))
	for _, pair := range all {
		key, value, _ := strings.Cut(pair, "=")
		env[key] = value
	}
	return env
}
