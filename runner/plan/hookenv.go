package plan

import (
	"fmt"
	"slices"
	"strings"
)

// hookEnvKey is the scan file's key of what hooks get of the environment.
const hookEnvKey = "hook_env"

// ConfinedHookEnv are the variables that hooks get of a scan file that isn't trusted.
var ConfinedHookEnv = []string{"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_*", "TZ", "TMPDIR", "TERM"}

// confinedHint says how hooks get more.
const confinedHint = "with --confine they get more only where the from_env of a policy lists it"

// Confinement bounds what hooks get of the environment, whatever a scan file says that
// isn't trusted. Its variables are patterns, as job.MatchEnv has them.
type Confinement struct {
	// Besides may be had, too, by a scan file that names them in hook_env.
	Besides []string
	// Only are all that hooks may get; nil is no further bound.
	Only []string
}

// hookEnv gives what hooks get where a scan file names these; it is never nil, which
// would be all, where there is a bound.
func (c *Confinement) hookEnv(named []string) []string {
	if c == nil {
		return named
	}
	if named == nil {
		named = ConfinedHookEnv
	}
	got := common(named, slices.Concat(ConfinedHookEnv, c.Besides))
	if c.Only != nil {
		got = common(got, c.Only)
	}
	return got
}

// hookEnv names the variables that hooks get; nil is all.
func (c *compiler) hookEnv() []string { return c.facts.Confined.hookEnv(c.scan.HookEnv) }

// judgeHookEnv tells of the variables that hooks don't get though the scan file names
// them.
func (c *compiler) judgeHookEnv() {
	for i, name := range c.scan.HookEnv {
		got := c.facts.Confined.hookEnv([]string{name})
		if slices.Equal(got, []string{name}) {
			continue
		}
		what := "don't get"
		if len(got) > 0 {
			what = "get only " + strings.Join(got, ", ") + " of"
		}
		c.problems.Warnf(c.scan.At(fmt.Sprintf("%s[%d]", hookEnvKey, i)), confinedHint, "hooks %s %s", what, name)
	}
}

// common gives the patterns of what both name, in the order of the first.
func common(these, those []string) []string {
	both := []string{}
	for _, a := range these {
		for _, b := range those {
			if name, ok := narrower(a, b); ok && !slices.Contains(both, name) {
				both = append(both, name)
			}
		}
	}
	return both
}

// narrower gives the pattern of what two patterns both name.
func narrower(a, b string) (string, bool) {
	beginA, manyA := strings.CutSuffix(a, "*")
	beginB, manyB := strings.CutSuffix(b, "*")
	switch {
	case a == b, manyB && strings.HasPrefix(beginA, beginB):
		return a, true
	case manyA && strings.HasPrefix(beginB, beginA):
		return b, true
	}
	return "", false
}
