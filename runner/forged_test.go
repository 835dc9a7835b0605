package runner_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

func TestADoneFileThatIsNotTheWorkersChangesNothing(t *testing.T) {
	g := lay(t)
	g.targets("slow", 2, fleet.Behaviour{Kind: fleet.Canned, Delay: 300 * time.Millisecond})
	p := g.plan("hosts: [local]\npoll: 1s")
	forged := make(chan error, 1)
	go func() {
		for {
			if found, _ := filepath.Glob(g.prefix("*.xaa/.slave")); len(found) == 1 {
				forged <- forge(filepath.Dir(found[0]), p.Layout.Run)
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	s, err := g.apply(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-forged; err != nil {
		t.Fatal(err)
	}
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 2 || s.Tally.Total() != 2 {
		t.Errorf("%+v", s)
	}
}

// forge leaves, one after the other, what could pass for the worker's word.
func forge(folder, run string) error {
	for _, text := range [][]byte{
		[]byte("Wed Nov 25 02:39:53 UTC 2026\n"), // a classic worker's
		[]byte("{}"),
		job.DoneMark{Run: job.NewRun(time.Unix(0, 0)), Chunk: "xaa", Lines: 2, Outcomes: 2, Counts: map[string]int64{"ok": 2}}.Encode(),
		job.DoneMark{Run: run, Chunk: "xab", Lines: 2, Outcomes: 2, Counts: map[string]int64{"ok": 2}}.Encode(),
		job.DoneMark{Run: run, Chunk: "xaa", Lines: 2, Outcomes: 2, Counts: map[string]int64{"ok": 3, "nossh": -1}}.Encode(),
		job.DoneMark{Run: run, Chunk: "xaa", Lines: 2, Outcomes: 2, Counts: map[string]int64{"\x1b[2Jfine": 2}}.Encode(),
	} {
		if err := os.WriteFile(filepath.Join(folder, ".forged"), text, 0o600); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(folder, ".forged"), filepath.Join(folder, job.Done)); err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond) // let it be looked at
	}
	return nil
}
