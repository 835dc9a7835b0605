package live_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"scanmaster/cmd/internal/forecast"
	"scanmaster/cmd/internal/live"
	"scanmaster/runner"
	"scanmaster/runner/result"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// tally is what a worker has counted of so many targets.
func tally(done int64) result.Tally {
	return result.Tally{Counts: map[string]int64{"ok": done - done/10, "exit_3": done/10 - done/20, "nossh": done / 20}}
}

// scene is a run of so many workers, in which there is one of each kind where
// there are enough.
func scene(workers int) live.Scene {
	p := runner.Progress{Workers: workers}
	for i := range workers {
		c := runner.ChunkStatus{
			Worker: fmt.Sprintf("scan%02d.example.com", i+1), Chunk: "xa" + string(rune('a'+i%26)),
			State: runner.ChunkWorks, Lines: 2000, Done: int64(1000 + 7*i), Rate: 20,
		}
		switch {
		case i == 0 && workers > 1:
			c.Done, c.Rate = 250, 2.5
		case i == 1:
			c.State, c.Done = runner.ChunkDone, 2000
			p.WorkersDone++
		case i == 2:
			c.State = runner.ChunkLost
		case i == 4:
			c.State = runner.ChunkEnds
			c.Done = 2000
		case i == 5:
			c = runner.ChunkStatus{Worker: c.Worker, State: runner.ChunkWaits}
		}
		c.Tally = tally(c.Done)
		p.Done, p.Of = p.Done+c.Done, p.Of+2000
		p.Tally.Merge(c.Tally.Counts)
		p.Crew = append(p.Crew, c)
	}
	f := new(forecast.Forecast)
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for i := range 61 {
		before := p
		before.Done -= int64(20 * workers * (60 - i))
		f.See(now.Add(time.Duration(i)*time.Second), before)
	}
	return live.Scene{Step: "step 8 of 9: wait", Took: 3*time.Minute + 7*time.Second, Progress: p, Outlook: f.At(now.Add(time.Minute))}
}

// TestTheBlockFitsEachWindow shows blocks in windows, with a line below each as
// wide as the window. The windows of one crew stand in one file.
func TestTheBlockFitsEachWindow(t *testing.T) {
	for _, workers := range []int{1, 4, 50} {
		var all txtar.Archive
		for _, width := range []int{20, 40, 80, 200} {
			for _, height := range []int{10, 24, 60} {
				lines := live.Lines(scene(workers), live.Window{Width: width, Height: height})
				fits(t, lines, width, height)
				all.Files = append(all.Files, txtar.File{
					Name: fmt.Sprintf("%dx%d", width, height),
					Data: []byte(strings.Join(lines, "\n") + "\n" + strings.Repeat("=", width) + "\n"),
				})
			}
		}
		golden(t, fmt.Sprintf("%d_workers.txtar", workers), string(txtar.Format(&all)))
	}
}

// golden compares with what is written down.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func fits(t *testing.T, lines []string, width, height int) {
	t.Helper()
	if len(lines) > height {
		t.Errorf("%d lines in a window of %d", len(lines), height)
	}
	for _, line := range lines {
		if n := ansi.StringWidth(line); n >= width && width > 1 {
			t.Errorf("%d columns in a window of %d: %q", n, width, line)
		}
	}
}

// TestNoWindowIsTooSmall has all windows up to a usual one, with names, classes and
// numbers of all kinds.
func TestNoWindowIsTooSmall(t *testing.T) {
	scenes := []live.Scene{{}, {Step: "step 2 of 9: probe"}, scene(1), scene(4), scene(50)}
	wide := scene(4)
	wide.Outlook.Crew[0].Worker = strings.Repeat("日本", 40)
	wide.Outlook.Straggler = wide.Outlook.Crew[0].Worker
	wide.Progress.Tally.Counts[strings.Repeat("exit_é", 40)] = 1 << 60
	wide.Progress.Done, wide.Progress.Of = 1<<60, 1
	wide.Outlook.Crew[1].Lines, wide.Outlook.Crew[1].Done = -1, 1<<60
	wide.Ending = true
	scenes = append(scenes, wide)
	for _, s := range scenes {
		for width := range 60 {
			for _, height := range []int{0, 1, 2, 3, 5, 8, 12} {
				lines := live.Lines(s, live.Window{Width: width, Height: height})
				if width > 0 && height > 0 {
					fits(t, lines, width, height)
				}
			}
		}
	}
}

func TestColourIsSparingAndTakesNoRoom(t *testing.T) {
	window := live.Window{Width: 80, Height: 24}
	plain := live.Lines(scene(4), window)
	window.Colour = true
	coloured := live.Lines(scene(4), window)
	for i, line := range coloured {
		if strings.Contains(plain[i], "\x1b") {
			t.Errorf("%q is coloured", plain[i])
		}
		if ansi.Strip(line) != plain[i] {
			t.Errorf("%q, want %q with colours", line, plain[i])
		}
	}
	all := strings.Join(coloured, "\n")
	for _, want := range []string{"\x1b[31mlost", "\x1b[33mlast", "\x1b[2mscan02"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in %q", want, all)
		}
	}
}

func TestTheHeadSaysWhatMatters(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*live.Scene)
		want   string
	}{
		"a straggler": {func(*live.Scene) {}, "ETA 12m · 80/s · scan01.example.com is last · the others need 48s"},
		"no news":     {func(s *live.Scene) { s.Outlook.Silence = 40 * time.Second }, "no news for 40s · "},
		"an end":      {func(s *live.Scene) { s.Ending = true }, "ending: no new targets · "},
		"all is done": {func(s *live.Scene) { s.Progress.Done = s.Progress.Of }, "all have an outcome · "},
		"unknown":     {func(s *live.Scene) { s.Outlook = forecast.Outlook{} }, "ETA ? · 1/4 workers done · 3m07s so far"},
		"more to deal": {func(s *live.Scene) { s.Progress.Waiting, s.Outlook.Straggler = 1200, "" },
			"ETA 12m · 80/s · 1/4 workers done · 1,200 to deal · 3m07s so far"},
	} {
		s := scene(4)
		c.change(&s)
		lines := live.Lines(s, live.Window{Width: 120, Height: 24})
		if !strings.HasPrefix(lines[2], c.want) {
			t.Errorf("%s: %q, want %q", name, lines[2], c.want)
		}
	}
}
