package job

import "strings"

// MatchEnv tells whether a variable is one of those that patterns name: its name, or
// the begin of several with a "*" behind it.
func MatchEnv(patterns []string, name string) bool {
	for _, p := range patterns {
		if begin, several := strings.CutSuffix(p, "*"); p == name || several && strings.HasPrefix(name, begin) {
			return true
		}
	}
	return false
}

// HookEnviron is what a hook gets of an environment, as key=value: all of it, unless
// the job says which variables.
func (f File) HookEnviron(environ []string) []string {
	if f.HookEnv == nil {
		return environ
	}
	only := []string{} // none at all is not the caller's own
	for _, variable := range environ {
		if name, _, _ := strings.Cut(variable, "="); MatchEnv(f.HookEnv, name) {
			only = append(only, variable)
		}
	}
	return only
}
