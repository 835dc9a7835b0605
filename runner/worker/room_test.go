package worker

import (
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/result"
)

// TestAWorkerWithoutRoomGoesOn takes the folder for temporary files away while
// the first target is at it, and gives it back for the last.
func TestAWorkerWithoutRoomGoesOn(t *testing.T) {
	s := newScene(t)
	for _, name := range []string{"web1", "web2"} {
		s.add(t, name, fleet.Behaviour{})
	}
	s.Args.Jobs = 1
	was := s.dir + "/was"
	s.Args.Remote = s.write(t, "remote.sh", "if test -e '"+was+"'; then mkdir '"+s.Temp+"'; else rmdir '"+s.Temp+"'; fi\ntouch '"+was+"'\n"+
		"yes abcdefg | head -c 200000\necho the end\nexit 3\n")
	s.staged(t)
	s.work(t)
	outcomes := s.outcomes(t)
	cut := 0
	for name, o := range outcomes {
		if o.Class != result.Exit || o.Status != 3 || o.Stdout != 200000+8 {
			t.Errorf("%s: %+v", name, o)
		}
		if o.Cut {
			cut++
			if !strings.Contains(o.Detail, "no room") || !strings.Contains(s.said.String(), name+": its output is cut") {
				t.Errorf("%s: %+v\n%s", name, o, s.said)
			}
		}
	}
	if len(outcomes) != 2 || cut != 1 {
		t.Errorf("%d outcomes, %d of them cut", len(outcomes), cut)
	}
	marks := strings.Count(strings.Join(s.results(t, "hosts_exit_3"), ""), "[scanmaster: output cut after 65536 of 200008 bytes: no room on the worker]\n")
	if marks != 1 {
		t.Errorf("%d marks where it was cut", marks)
	}
}
