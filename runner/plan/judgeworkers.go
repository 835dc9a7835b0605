package plan

import (
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// judgeWorkers finds what is wrong with how workers are brought to work.
func (c *compiler) judgeWorkers() {
	if c.scan.Wrong("hosts") {
		return
	}
	n := len(c.workers)
	switch {
	case n == 0 && c.unlisted(): // which was told
	case n == 0:
		c.problems.Errorf(c.scan.At("hosts"), "name one, or local for this machine", "no workers: nobody would run the scan")
	case c.scan.MinWorkers > n && !c.scan.Wrong("min_workers"):
		c.problems.Errorf(c.scan.At("min_workers"), "", "min_workers is %d, and there are %d workers", c.scan.MinWorkers, n)
	}
	if c.scan.Attach && c.remote() < n && !c.scan.Wrong("attach") {
		c.problems.Errorf(c.scan.At("attach"), "name this machine by its address, and it is reached over SSH", "local can't go with attach: it has no session of screen")
	}
	if c.scan.Auth != spec.DefaultAuth && !c.scan.Attach && !c.scan.Wrong("auth") {
		c.problems.Errorf(c.scan.At("auth"), c.attachHint(), "auth: %s needs somebody to type the password at each worker", c.scan.Auth)
	}
	c.judgeDeployFrom()
	c.judgeIdentity()
}

// unlisted tells that a list of workers can't be read.
func (c *compiler) unlisted() bool {
	return slices.ContainsFunc(c.hostFiles, func(f File) bool {
		found, ok := c.facts.Files[f.Path]
		return !ok || found.Problem != ""
	})
}

// attachHint says how somebody gets there.
func (c *compiler) attachHint() string {
	if c.scan.Inline() != nil {
		return "with -H each worker's session is attached in turn"
	}
	return "attach: true attaches each worker's session in turn"
}

// judgeDeployFrom wants the folder of builds to be there, unless the pre hook
// may make it.
func (c *compiler) judgeDeployFrom() {
	path := c.scan.DeployFrom
	if path == "" || c.remote() == 0 || c.scan.Wrong("deploy_from") {
		return
	}
	found, ok := c.facts.Files[path]
	switch {
	case c.facts.NoHome && FromHome(path): // judgeHome says so
	case ok && found.Problem != "":
		c.problems.Errorf(c.scan.At("deploy_from"), "", "%s %s", path, found.Problem)
	case !ok && !c.dynamic():
		c.problems.Errorf(c.scan.At("deploy_from"), "", "%s isn't there", path)
	}
}

// judgeIdentity warns where workers on other hosts could log in to targets
// only by the agent of whoever starts the scan: they are detached, and it is
// not theirs to use.
func (c *compiler) judgeIdentity() {
	if c.remote() == 0 || c.scan.Auth == "password" || c.namesKey() || c.scan.Wrong("targets") || c.scan.Wrong("SCAN_ENV") {
		return
	}
	pos := c.scan.At("targets.identity")
	if pos.Line == 0 {
		pos = c.scan.At("hosts") // nothing is said of targets
	}
	c.problems.Warnf(pos,
		"name targets.identity, a path on the workers; without it ~/.ssh/id_* of the worker's user will be tried",
		"no key for the targets is named, and workers on other hosts are detached: they can't use the ssh-agent of whoever starts the scan")
}

// namesKey tells whether a key file is named, here or in SSHOPTS. What of
// SSHOPTS only a classic worker understands is looked through for its words.
func (c *compiler) namesKey() bool {
	if c.scan.Targets.Identity != "" {
		return true
	}
	words := c.scan.ScanEnv[envOptions].Text
	if options, err := job.ParseSSHOPTS(words); err == nil {
		return len(options.Identities) > 0
	}
	for word := range strings.FieldsSeq(words) {
		if strings.HasPrefix(word, "-i") || strings.HasPrefix(strings.ToLower(strings.TrimPrefix(word, "-o")), "identityfile") {
			return true
		}
	}
	return false
}

// ourWorkers tells whether there are workers that are surely ours.
func (c *compiler) ourWorkers() bool {
	return c.scan.Deploy != spec.DeployNever || c.remote() < len(c.workers)
}
