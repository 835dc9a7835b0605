package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scanmaster/runner"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/secret"
	"scanmaster/spec/open"
)

// maxSecrets is how much a worker reads of them, in bytes, as JSON may have made it.
const maxSecrets = 6*secret.MaxSize + 64<<10

// secretsOfWorker reads the secrets that a master has left for this worker, and
// removes them. From then on nothing that this program says holds one of them, and
// those of the worker are in its environment as if they had been there from the begin.
func (a *app) secretsOfWorker() (secret.Set, error) {
	path := a.getenv(job.EnvSecrets)
	if path == "" {
		return secret.Set{}, nil
	}
	data, err := a.readSecrets(path)
	if err != nil {
		return secret.Set{}, fmt.Errorf("the secrets: %w", err)
	}
	set, err := secret.Decode(data)
	if err != nil {
		return secret.Set{}, err
	}
	before := a.getenv
	a.getenv = func(name string) string {
		if v, ok := set.Worker[name]; ok {
			return v.Reveal()
		}
		return before(name)
	}
	a.environ = slices.DeleteFunc(slices.Clone(a.environ), func(v string) bool { return strings.HasPrefix(v, job.EnvSecrets+"=") })
	a.mask = set.Mask()
	return set, nil
}

func (a *app) readSecrets(path string) ([]byte, error) {
	if path == job.SecretsOfInput {
		return io.ReadAll(io.LimitReader(a.stdin, maxSecrets))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := os.Remove(path); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f, maxSecrets))
}

// secretOf gives what has a master find the secrets of a plan: in its environment, and
// in files.
func (a *app) secretOf(p plan.Plan) runner.SecretSource {
	return func(s plan.Secret) (secret.Value, error) {
		if s.FromEnv == "" {
			return secretFile(plan.Resolve(p.Base, a.getenv("HOME"), s.FromFile))
		}
		i := slices.IndexFunc(a.environ, func(v string) bool { return strings.HasPrefix(v, s.FromEnv+"=") })
		if i < 0 {
			return "", errors.New("the environment has no " + s.FromEnv)
		}
		return secret.Value(strings.TrimPrefix(a.environ[i], s.FromEnv+"=")), nil
	}
}

// secretFile reads a secret; the last end of a line is the file's own.
func secretFile(path string) (secret.Value, error) {
	f, _, err := open.Anywhere.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", filepath.Clean(path), err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, secret.MaxSize+1))
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	return secret.Value(text), nil
}
