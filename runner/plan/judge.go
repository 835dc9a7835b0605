package plan

import (
	"path/filepath"
	"strings"

	"scanmaster/runner/job"
)

// MaxScript bounds a script or a hook, in bytes: each is held in memory.
const MaxScript = 1 << 20

// judge finds the problems that only the facts can show. Of values that are
// wrong themselves it says nothing.
func (c *compiler) judge() {
	for _, f := range c.allFiles()[1:] {
		if f.Path != "" && !c.scan.Wrong(f.Key) {
			c.judgeFile(f)
		}
	}
	c.judgeOptions()
	c.judgeWorkers()
	c.judgeHome()
	c.judgeHookEnv()
	c.judgeLimit()
	c.judgeTargets()
}

// judgeTargets refuses a scan of nothing, unless it is meant so.
func (c *compiler) judgeTargets() {
	if !c.counted() || c.facts.Targets > 0 || c.facts.All > 0 || c.facts.Empty {
		return
	}
	if len(c.scan.Input) == 0 || c.scan.Wrong("input") || c.scan.Wrong("exclude") {
		return
	}
	const meant = "where that is meant, apply --force"
	if c.facts.Excluded > 0 {
		c.problems.Errorf(c.scan.At("exclude"), meant, "no target is left: all %d of the input are excluded", c.facts.Excluded)
		return
	}
	c.problems.Errorf(c.scan.At("input"), `a target a line: "host" or "host ip"; `+meant, "the input has no targets")
}

func (c *compiler) judgeFile(f File) {
	if isHook(f.Role) {
		c.judgeHook(f)
		return
	}
	found, ok := c.there(f)
	if !ok || f.Role != job.RoleRemote {
		return
	}
	c.judgeSize(f, found)
}

func (c *compiler) judgeHook(f File) {
	found, ok := c.there(f)
	if !ok {
		return
	}
	if !found.Executable {
		c.problems.Errorf(c.scan.At(f.Key), "chmod +x "+job.Quote(c.shown(f)), "%s can't be executed", f.Path)
	}
	c.judgeSize(f, found)
}

// shown gives a file's path as one would type it where the scan file was named.
func (c *compiler) shown(f File) string {
	return Resolve(filepath.Dir(c.scan.File()), c.facts.Home, f.Path)
}

func (c *compiler) judgeSize(f File, found FileFacts) {
	switch {
	case found.Size > MaxScript:
		c.problems.Errorf(c.scan.At(f.Key), "", "%s is over %d MiB", f.Path, MaxScript>>20)
	case found.Size == 0 && !c.dynamic():
		c.problems.Errorf(c.scan.At(f.Key), "", "%s is empty", f.Path)
	}
}

// there reports whether a file can be used; the reason why not becomes a
// problem, unless the pre hook may still make the file.
func (c *compiler) there(f File) (FileFacts, bool) {
	found, ok := c.facts.Files[f.Path]
	switch {
	case c.homeless(f.Key, f.Path):
		return found, false
	case ok && found.Problem != "":
		c.problems.Errorf(c.scan.At(f.Key), "", "%s %s", f.Path, found.Problem)
		return found, false
	case ok:
		return found, true
	case c.dynamic() && f.Role != job.RolePre && f.Role != job.RoleHosts:
		return found, false
	}
	hint := ""
	if !filepath.IsAbs(f.Path) {
		hint = "paths are relative to the folder of the scan file"
		if at := c.scan.At(f.Key).File; at != c.scan.File() && !c.scan.IsSet(f.Key) {
			hint = "paths are relative to the folder of the file that they stand in"
		}
		if c.scan.Inline() != nil {
			hint = "paths are relative to the working directory"
		}
	}
	if f.Role == job.RoleHosts && c.dynamic() {
		hint = "the workers must be known before the pre hook runs"
	}
	c.problems.Errorf(c.scan.At(f.Key), hint, "%s isn't there", f.Path)
	return found, false
}

// judgeOptions refuses what our worker couldn't honour. A classic one judges
// for itself.
func (c *compiler) judgeOptions() {
	if !c.ourWorkers() {
		return
	}
	if _, err := job.ParsePassthrough(c.passthrough()); err != nil && !c.scan.Wrong("passthrough") {
		c.problems.Errorf(c.scan.At("passthrough"), "", "%v", err)
	}
	env := c.env()
	_, options, _ := strings.Cut(env[len(env)-1], "=")
	if _, err := job.ParseSSHOPTS(options); err != nil && !c.scan.Wrong("SCAN_ENV") && !c.scan.Wrong("targets") {
		c.problems.Errorf(c.scan.At("SCAN_ENV.SSHOPTS"), "targets says what can be said of them", "%v", err)
	}
}

func isHook(role job.Role) bool {
	return role == job.RolePre || role == job.RolePostChunk || role == job.RoleAggregate
}
