package result

import (
	"slices"
	"testing"
)

func TestATallyCountsByClass(t *testing.T) {
	var tally Tally
	for _, o := range []Outcome{
		{Class: OK}, {Class: OK}, {Class: Exit, Status: 12}, {Class: Exit, Status: 3},
		{Class: NoPing}, {Class: NoSSHD}, {Class: NoSSH}, {Class: NoSSH, Status: 255}, {Class: Unknown},
	} {
		tally.Add(o.Key())
	}
	if tally.Total() != 9 || tally.Unknown() != 1 || tally.Unreachable() != 4 || tally.Failed() != 2 {
		t.Errorf("%d in all, %d unreachable, %d failed", tally.Total(), tally.Unreachable(), tally.Failed())
	}
	want := []string{"ok", "exit_3", "exit_12", "noping", "nosshd", "nossh", "unknown"}
	if got := tally.Keys(); !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
	sum := tally.Clone()
	sum.Merge(map[string]int64{"ok": 1, "other": 1})
	if sum.Counts["ok"] != 3 || tally.Counts["ok"] != 2 || sum.Keys()[7] != "other" {
		t.Errorf("merged %v, was %v", sum.Counts, tally.Counts)
	}
}
