package runner_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// TestAMasterThatIsKilledLastChangesNothing has a master killed between the last
// step and the word that the run is over: whoever takes it up comes to the same.
func TestAMasterThatIsKilledLastChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		hook, text string
		want       runner.Verdict
	}{
		"nothing is wrong":        {"post_chunk", "exit 0", runner.Complete},
		"the aggregator fails":    {"aggregate", "echo no; exit 9", runner.HookError},
		"results are gone":        {"post_chunk", "rm \"$1\"/output/*/*/hosts_ok", runner.Incomplete},
		"a post-chunk hook fails": {"post_chunk", "exit 3", runner.HookError},
	} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("fine", 2, fleet.Behaviour{Kind: fleet.Canned})
			g.write("hook.sh", "#!/bin/sh\n"+c.text+"\n")
			p := g.plan("hosts: [local]\nhooks: {" + c.hook + ": hook.sh}")
			first, err := g.apply(t.Context(), p)
			if err != nil || first.Verdict != c.want {
				t.Fatalf("%+v, %v: want %s", first, err, c.want)
			}
			journal := g.prefix(".run-" + p.Layout.Run + "/journal")
			lines := strings.SplitAfter(g.read(".run-*/journal"), "\n")
			last := len(lines) - 2 // behind it is nothing
			if !strings.Contains(lines[last], `"finished"`) {
				t.Fatalf("the last line is %q", lines[last])
			}
			if err := os.WriteFile(journal, []byte(strings.Join(lines[:last], "")), 0o600); err != nil {
				t.Fatal(err)
			}
			second, err := runner.Resume(t.Context(), p, g.config())
			if err != nil {
				t.Fatal(err)
			}
			first.Took, second.Took = 0, 0
			if !reflect.DeepEqual(first, second) {
				t.Errorf("%+v\nafter %+v", second, first)
			}
		})
	}
}
