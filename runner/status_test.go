package runner_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

const aRun = "20261125T033533.035Z-0565a6"

// shareOf lays a shared folder out with a scan called s.
func shareOf(t *testing.T, files map[string]string) job.Layout {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		put(t, dir, name, text)
	}
	return job.Layout{Dir: dir, Name: "s"}
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, "chunked/s", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

const (
	planJSON = `{"lease": 60000000000, "steps": [{"kind":"stage"}, {"kind":"split"},
{"kind":"launch","via":"screen","workers":[{"name":"scan1"},{"name":"scan2"},{"name":"local","local":true}]},
{"kind":"wait","retries":1,"on_worker_lost":"redeal"}, {"kind":"merge","into":"final"}]}`
	journalText = `{"kind":"master","at":"2026-11-25T03:35:33Z"}
{"kind":"step","step":"stage"}
{"kind":"chunk","chunk":"xaa","lines":10}
{"kind":"chunk","chunk":"xab","lines":10}
{"kind":"chunk","chunk":"xac","lines":10}
{"kind":"chunk","chunk":"xad","lines":10}
{"kind":"dealt","targets":40,"excluded":2}
{"kind":"step","step":"split"}
{"kind":"started","chunk":"xaa","worker":"scan1"}
{"kind":"done","chunk":"xaa","worker":"scan1","folder":"202611250335.xaa"}
{"kind":"started","chunk":"xab","worker":"scan1"}
{"kind":"started","chunk":"xac","worker":"scan2"}
{"kind":"lost","chunk":"xac","worker":"scan2","reason":"killed"}
{"kind":"started","chunk":"xad","worker":"scan2"}
{"kind":"lost","chunk":"xad","worker":"scan2","reason":"killed"}
{"kind":"started","chunk":"xad","worker":"scan2"}
{"kind":"lost","chunk":"xad","worker":"scan2","reason":"killed again"}
`
	// elsewhere owns the run on a host that can't be asked.
	elsewhere = `{"host":"far","machine":"m","boot":"b","pidns":"n","pid":7,"start":"1","user":"u","run":"` + aRun + `","beat":1}`
)

// standing is a run whose master is on another host.
func standing() map[string]string {
	return map[string]string{
		".lock.1":                     elsewhere,
		".run-" + aRun + "/plan.json": planJSON,
		".run-" + aRun + "/journal":   journalText,
		"202611250335.xaa/.done":      `{"run":"` + aRun + `","chunk":"xaa","lines":10,"outcomes":10,"counts":{"ok":9,"nossh":1}}`,
		"202611250335.xab/.slave":     "scan1\n",
		"202611250335.xab/.progress":  `{"run":"` + aRun + `","chunk":"xab","beat":3,"lines":10,"done":4,"counts":{"ok":4}}`,
		"202611250335.xac/.progress":  `{"run":"another","chunk":"xac","beat":3,"lines":10,"done":4,"counts":{"ok":4}}`,
		"202611250335.xad/.progress":  `{"run":"` + aRun + `","chunk":"xad","counts":{"\u001b":4,"ok":-7}}`,
	}
}

func mustRead(t *testing.T, l job.Layout) runner.Status {
	t.Helper()
	s, err := runner.ReadStatus(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheStatusOfARunIsReadFromTheShare(t *testing.T) {
	l := shareOf(t, standing())
	for name, at := range map[string]int64{".slave": 1000, ".progress": 1008} {
		if err := os.Chtimes(filepath.Join(l.Prefix(), "202611250335.xab", name), time.Time{}, time.Unix(at, 0)); err != nil {
			t.Fatal(err)
		}
	}
	s := mustRead(t, l)
	if s.Phase != runner.PhaseRunning || s.Master == nil || s.Master.State != "unknown" || s.Master.Host != "far" || s.Step != "launch" {
		t.Errorf("%+v", s)
	}
	if s.Targets != 40 || s.Excluded != 2 || s.Done != 14 || s.Tally.Counts["ok"] != 13 || s.Tally.Counts["nossh"] != 1 {
		t.Errorf("%+v", s)
	}
	var states []string
	for _, c := range s.Chunks {
		states = append(states, c.Chunk+" "+c.Worker+" "+string(c.State)+" "+c.Lost)
	}
	if got, want := strings.Join(states, ", "), "xaa scan1 done , xab scan1 works , xac scan2 waits killed, xad scan2 lost killed again"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if xab := s.Chunks[1]; xab.Rate != 0.5 || !xab.Session || xab.Done != 4 {
		t.Errorf("%+v", xab)
	}
}

func TestWhoHasNoMasterIsDeadUnlessItIsOver(t *testing.T) {
	released := strings.Replace(elsewhere, `"beat"`, `"released":true,"beat"`, 1)
	over := journalText + `{"kind":"step","step":"wait","summary":{"targets":40,"tally":{"counts":{"ok":30}},"missing":10,"workers":[` +
		`{"worker":"scan1","chunk":"xaa","lines":10,"tally":{"counts":{"ok":10}}},{"worker":"scan2","chunk":"xad","lines":10,"lost":"killed"}]}}` + "\n"
	for name, c := range map[string]struct {
		change map[string]string
		phase  runner.Phase
		state  string
	}{
		"released":      {map[string]string{".lock.1": released}, runner.PhaseDead, "gone"},
		"no lock":       {map[string]string{".lock.1": ""}, runner.PhaseDead, ""},
		"nothing dealt": {map[string]string{".lock.1": released, ".run-" + aRun + "/journal": `{"kind":"master"}` + "\n"}, runner.PhaseDead, "gone"},
		"over": {map[string]string{".lock.1": released, ".run-" + aRun + "/journal": over + `{"kind":"finished","verdict":"incomplete"}` + "\n"},
			runner.PhaseFinished, "gone"},
		"aggregates": {map[string]string{".run-" + aRun + "/journal": over}, runner.PhaseRunning, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			l := shareOf(t, standing())
			for file, text := range c.change {
				put(t, l.Dir, file, text)
			}
			if c.state == "" {
				if err := os.Remove(filepath.Join(l.Prefix(), ".lock.1")); err != nil {
					t.Fatal(err)
				}
			}
			s := mustRead(t, l)
			if s.Phase != c.phase || (s.Master == nil) != (c.state == "") || s.Master != nil && s.Master.State != c.state {
				t.Errorf("%+v", s)
			}
			if c.phase == runner.PhaseFinished && (s.Verdict != runner.Incomplete || s.Results != "final" || s.Missing != 10 || s.Done != 30 || len(s.Chunks) != 2 || s.Chunks[1].State != runner.ChunkLost) {
				t.Errorf("%+v", s)
			}
			if name == "aggregates" && s.Step != "merge" {
				t.Errorf("step %s", s.Step)
			}
		})
	}
}

func TestWhatIsNoRunHasNoStatus(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"no scan of that name has run": nil,
		"there is no run of that scan": {".old/x": ""},
		"plan.json":                    {".run-" + aRun + "/plan.json": "x"},
		"journal":                      {".run-" + aRun + "/journal": "x\n"},
	} {
		l := shareOf(t, files)
		if _, err := runner.ReadStatus(t.Context(), l); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := runner.AwaitStatus(t.Context(), l, func(error) {}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("waiting: got %v, want %s", err, want)
		}
	}
}

func TestARunThatOnlyBeginsIsSeen(t *testing.T) {
	l := shareOf(t, map[string]string{".lock.1": elsewhere})
	if s := mustRead(t, l); s.Run != aRun || s.Phase != runner.PhaseRunning || s.Dealt {
		t.Errorf("%+v", s)
	}
}

func TestARunThatALaterOneHasMovedAwayIsStillRead(t *testing.T) {
	g := lay(t)
	g.targets("fine", 2, fleet.Behaviour{Kind: fleet.Canned})
	first := g.mustApply("keep: 1")
	g.mustApply("keep: 1")
	s := mustRead(t, job.Layout{Dir: g.path("share"), Name: "s", Run: first.Run})
	if s.Phase != runner.PhaseFinished || s.Done != 2 || len(s.Chunks) != 2 {
		t.Errorf("%+v", s)
	}
}

func TestAStatusIsJSON(t *testing.T) {
	data, err := json.Marshal(mustRead(t, shareOf(t, standing())))
	if err != nil || !strings.Contains(string(data), `"state":"running"`) {
		t.Errorf("%s, %v", data, err)
	}
}

// TestSinceIsWhenTheLastWorkerBegan has a worker go on with what another has begun.
func TestSinceIsWhenTheLastWorkerBegan(t *testing.T) {
	files := standing()
	files["202611250335.xab/.slave"], files["202611250335.xab/started"] = "scan1\n", "now\n"
	l := shareOf(t, files)
	folder := filepath.Join(l.Prefix(), "202611250335.xab")
	first := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name, at := range map[string]time.Time{"started": first, ".slave": first.Add(time.Minute)} {
		if err := os.Chtimes(filepath.Join(folder, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if c := mustRead(t, l).Chunks[1]; !c.Since.Equal(first.Add(time.Minute)) {
		t.Errorf("since %v, want a minute after %v", c.Since, first)
	}
	if err := os.Remove(filepath.Join(folder, ".slave")); err != nil {
		t.Fatal(err)
	}
	if c := mustRead(t, l).Chunks[1]; !c.Since.Equal(first) {
		t.Errorf("since %v, want %v", c.Since, first)
	}
}
