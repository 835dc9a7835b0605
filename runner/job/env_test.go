package job_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
)

func TestVariablesByPattern(t *testing.T) {
	patterns := []string{"LANG", "LC_*"}
	for name, want := range map[string]bool{"LANG": true, "LC_ALL": true, "LC_": true, "LANGUAGE": false, "XLC_ALL": false, "": false} {
		if got := job.MatchEnv(patterns, name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestAHookGetsAllOfTheEnvironmentOrWhatIsNamed(t *testing.T) {
	environ := []string{"PATH=/bin", "TOKEN=x", "LC_ALL=C", "PATHS=y", "EMPTY="}
	for _, c := range []struct{ named, want []string }{
		{nil, environ},
		{[]string{"PATH", "LC_*", "EMPTY", "NONE"}, []string{"PATH=/bin", "LC_ALL=C", "EMPTY="}},
		{[]string{"NONE"}, []string{}},
	} {
		if diff := cmp.Diff(c.want, job.File{HookEnv: c.named}.HookEnviron(environ)); diff != "" {
			t.Errorf("%q: %s", c.named, diff)
		}
	}
}
