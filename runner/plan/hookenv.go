package plan

import "slices"

// hookEnvKey is the scan file's key of what hooks get of the environment.
const hookEnvKey = "hook_env"

// ConfinedHookEnv are the variables that hooks get of a scan file that isn't trusted.
var ConfinedHookEnv = []string{"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_*", "TZ", "TMPDIR", "TERM"}

// WithHookEnv gives the plan with hooks that get some variables alone, as its job file
// names them, where it doesn't say so itself.
func (p Plan) WithHookEnv(names []string) Plan {
	if p.Job.HookEnv != nil {
		return p
	}
	p.Job.HookEnv = names
	p.Steps = slices.Clone(p.Steps)
	for i, step := range p.Steps {
		if s, ok := step.(Probe); ok && s.Classic != nil && p.Job.PostChunk != nil {
			s.Classic = &Classic{Refused: append(slices.Clone(s.Classic.Refused), hookEnvKey), Ignored: s.Classic.Ignored}
			p.Steps[i] = s
		}
	}
	return p
}
