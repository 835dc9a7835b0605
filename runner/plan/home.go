package plan

import (
	"fmt"
	"path/filepath"
	"strings"
)

// nowhere is what "~" stands for where no home is known: a folder that isn't
// there, as is the home of accounts without one. The working directory, which
// "~/x" would else begin in, may be anybody's.
const nowhere = "/nonexistent"

// FromHome tells that a path of the scan file starts from home.
func FromHome(path string) bool { return path == "~" || strings.HasPrefix(path, "~/") }

// HomeProblem and HomeHint say that such a path names no file, and what mends
// that.
const (
	HomeProblem = "HOME is not set to an absolute path, so that %s names no file"
	HomeHint    = "set HOME, or write the whole path"
)

// HomePaths gives the paths of the plan that start from the home of whoever
// carries it out, each once.
func (p Plan) HomePaths() []string {
	var paths []string
	seen := make(map[string]bool)
	add := func(path string) {
		if FromHome(path) && !seen[path] {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	for _, step := range p.Steps {
		switch s := step.(type) {
		case Check:
			for _, f := range s.Files {
				add(f.Path)
			}
		case Launch:
			for _, secret := range s.Secrets {
				add(secret.FromFile)
			}
		case Probe:
			add(s.KnownHosts)
			for _, w := range s.Workers {
				add(w.Identity)
			}
		}
	}
	return paths
}

// homeless tells whether a path starts from a home that nobody knows, which is
// a problem at its key.
func (c *compiler) homeless(key, path string) bool {
	if !c.facts.NoHome || !FromHome(path) {
		return false
	}
	c.problems.Errorf(c.scan.At(key), HomeHint, HomeProblem, path)
	return true
}

// judgeHome finds the paths that are no files of the scan and start from a home
// that nobody knows.
func (c *compiler) judgeHome() {
	if !c.facts.NoHome {
		return
	}
	c.homeless("dir", c.scan.Dir)
	c.homeless("deploy_from", c.scan.DeployFrom)
	for _, secret := range c.secrets() {
		c.homeless(secret.Key, secret.FromFile)
	}
	keyless := false
	for i, h := range c.scan.Hosts {
		c.homeless(fmt.Sprintf("hosts[%d].identity", i), h.Identity)
	}
	for _, w := range c.workers {
		keyless = keyless || !w.Local && w.Identity == ""
	}
	if c.remote() > 0 && c.knownHosts == nil {
		c.problems.Errorf(c.scan.At("hosts"), "set HOME, or name known_hosts", HomeProblem, defaultKnownHosts)
	}
	if keyless {
		c.problems.Warnf(c.scan.At("hosts"), "set HOME, or name an identity; the ssh-agent's keys are tried all the same", HomeProblem, "~/.ssh/id_*")
	}
}

// inHome gives the path that "~" and what follows it stands for.
func inHome(home, rest string) string {
	if !filepath.IsAbs(home) && home != HomePlaceholder {
		home = nowhere
	}
	return filepath.Join(home, rest)
}
