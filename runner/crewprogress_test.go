package runner_test

import (
	"testing"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// TestProgressTellsOfTheCrew has three workers do seven chunks: the first and the
// last report have a row each, in the order of the plan, and those that come with
// the end of a chunk have none.
func TestProgressTellsOfTheCrew(t *testing.T) {
	g := lay(t)
	g.targets("fine", 7, fleet.Behaviour{Kind: fleet.Canned})
	g.mustApply("hosts: [local, local, local]\nchunks: 7\n")
	var told []runner.Progress
	for _, e := range g.events {
		if p, ok := e.(runner.Progress); ok {
			told = append(told, p)
		}
	}
	for _, p := range []runner.Progress{told[0], told[len(told)-1]} {
		if len(p.Crew) != 3 {
			t.Fatalf("the crew is %+v", p.Crew)
		}
		for i, name := range []string{"local-1", "local-2", "local-3"} {
			if p.Crew[i].Worker != name {
				t.Errorf("row %d is that of %s", i, p.Crew[i].Worker)
			}
		}
	}
	for _, row := range told[len(told)-1].Crew {
		if row.State != runner.ChunkDone || row.Done != 1 || row.Lines != 1 || row.Chunk == "" {
			t.Errorf("at the end: %+v", row)
		}
	}
	without := 0
	for _, p := range told {
		if p.Crew == nil {
			without++
		}
	}
	if without != 6 {
		t.Errorf("%d reports have no crew, want one for each chunk that is done but the last", without)
	}
	if last := told[len(told)-1]; last.Waiting != 0 || told[0].Waiting != 4 {
		t.Errorf("%d chunks wait at first, %d in the end", told[0].Waiting, last.Waiting)
	}
}
