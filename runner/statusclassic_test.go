package runner_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"scanmaster/runner"
)

// classicScan is one that a classic master has dealt to two workers, beside an
// earlier run of ours.
func classicScan() map[string]string {
	files := map[string]string{
		"started": "now\n", ".whosts": "scan1\nscan2\n",
		"input/202611250400/xaa": "web1\nweb2\n", "input/202611250400/xab": "web3 10.0.0.3\n# none\nweb4\n",
		"202611250400.xaa/.slave":                              "scan1\n",
		"202611250400.xaa/output/202611250400/aaa/hosts_ok":    "web1,,fine\n",
		"202611250401.xab/output/202611250401/aaa/hosts_nossh": "web3 10.0.0.3\n",
		"202611250401.xab/output/202611250401/aab/hosts_ok":    "web4,,fine\nand more\n",
		"202611250401.xab/.done":                               "now\n",
	}
	return files
}

func TestAScanOfAClassicMasterHasAStatus(t *testing.T) {
	for name, earlier := range map[string]map[string]string{"alone": nil, "beside ours": {
		".run-" + aRun + "/plan.json": `{"layout":{"min":"202611250335"}}`,
		".run-" + aRun + "/journal":   journalText + `{"kind":"finished","verdict":"complete"}` + "\n",
	}} {
		t.Run(name, func(t *testing.T) {
			l := shareOf(t, classicScan())
			for file, text := range earlier {
				put(t, l.Dir, file, text)
			}
			s := mustRead(t, l)
			if !s.Classic || s.Phase != runner.PhaseRunning || s.Targets != 4 || s.Done != 3 || s.Tally.Counts["ok"] != 2 || len(s.Chunks) != 2 {
				t.Fatalf("%+v", s)
			}
			if a, b := s.Chunks[0], s.Chunks[1]; a.State != runner.ChunkWorks || a.Worker != "scan1" || b.State != runner.ChunkDone || b.Done != 2 {
				t.Errorf("%+v", s.Chunks)
			}
			put(t, l.Dir, "ended", "now\n")
			if s := mustRead(t, l); s.Phase != runner.PhaseFinished || s.Verdict != runner.Incomplete || s.Missing != 1 {
				t.Errorf("%+v", s)
			}
			s, err := runner.AwaitStatus(t.Context(), l, func(error) {})
			if err != nil || s.Phase != runner.PhaseFinished {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func TestTheEndOfAClassicScanIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := shareOf(t, classicScan())
		go func() {
			time.Sleep(time.Hour)
			put(t, l.Dir, "202611250400.xaa/output/202611250400/aaa/hosts_nosshd", "web2\n")
			put(t, l.Dir, "ended", "now\n")
		}()
		s, after, err := awaited(t, l, func(err error) { t.Error(err) })
		if err != nil || s.Verdict != runner.Complete || after < time.Hour {
			t.Errorf("%+v, %v, after %v", s, err, after)
		}
	})
}

// TestAClassicScanThatWasMovedAwayIsOver has an aggregator that moves all away
// where nobody looks meanwhile. An earlier run of ours is not taken for it.
func TestAClassicScanThatWasMovedAwayIsOver(t *testing.T) {
	for name, ours := range map[string]bool{"alone": false, "beside ours": true} {
		t.Run(name, func(t *testing.T) {
			l := shareOf(t, nil)
			if ours {
				put(t, l.Dir, ".run-"+aRun+"/plan.json", `{"layout":{"min":"202611250335"}}`)
				put(t, l.Dir, ".run-"+aRun+"/journal", journalText+`{"kind":"finished","verdict":"complete"}`+"\n")
				yesterday := time.Now().AddDate(0, 0, -1)
				if err := os.Chtimes(filepath.Join(l.Prefix(), ".run-"+aRun, "journal"), yesterday, yesterday); err != nil {
					t.Fatal(err)
				}
			}
			put(t, l.Dir, ".whosts", "scan1\nscan2\n")
			put(t, l.Dir, ".old/20261126/ended", "now\n")
			s := mustRead(t, l)
			if !s.Classic || !s.Moved || s.Phase != runner.PhaseFinished || s.Run != "" || s.Verdict != "" {
				t.Errorf("%+v", s)
			}
			s, err := runner.AwaitStatus(t.Context(), l, func(err error) { t.Error(err) })
			if err != nil || !s.Moved {
				t.Errorf("%+v, %v", s, err)
			}
			put(t, l.Dir, "started", "now\n") // it only begins
			if s, err := runner.ReadStatus(t.Context(), l); s.Classic || err == nil != ours {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}
