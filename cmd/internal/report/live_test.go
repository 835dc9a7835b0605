package report

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"

	"scanmaster/cmd/internal/live"
	"scanmaster/runner"
)

// sitting is a Text on a terminal of 60 × 12 that somebody looks at.
type sitting struct {
	*Text
	terminal *vt.Emulator
	now      time.Time
}

func sit() *sitting {
	s := &sitting{terminal: vt.NewEmulator(60, 12), now: noon()}
	s.Text = &Text{
		Out: cooked{s.terminal},
		Now: func() time.Time { return s.now },
		Window: func() live.Window {
			return live.Window{Width: s.terminal.Width(), Height: s.terminal.Height()}
		},
	}
	return s
}

// cooked is a terminal as the kernel drives it.
type cooked struct{ io.Writer }

func (c cooked) Write(p []byte) (int, error) {
	_, err := io.WriteString(c.Writer, strings.ReplaceAll(string(p), "\n", "\r\n"))
	return len(p), err
}

// pass lets time pass, with the block drawn as it is due.
func (s *sitting) pass(d time.Duration) {
	for end := s.now.Add(d); s.now.Before(end); s.now = s.now.Add(RefreshEvery) {
		s.Refresh()
	}
	s.Refresh()
}

// want wants the screen to be as given, without blanks at the ends of lines.
func (s *sitting) want(t *testing.T, want string) {
	t.Helper()
	if got := s.screen(); got != strings.Trim(want, "\n") {
		t.Errorf("the screen shows\n%s\nwant\n%s", got, want)
	}
}

func (s *sitting) screen() string {
	var lines []string
	for line := range strings.Lines(s.terminal.String()) {
		lines = append(lines, strings.TrimRight(line, " \r\n"))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// far is how far a run of two workers is.
func far(done int64) runner.Progress {
	row := func(name string, done int64, rate float64) runner.ChunkStatus {
		return runner.ChunkStatus{Worker: name, Chunk: "xa" + name, State: runner.ChunkWorks, Lines: 500, Done: done, Rate: rate}
	}
	return runner.Progress{Workers: 2, Done: done, Of: 1000, Tally: tallyOf(done), Crew: []runner.ChunkStatus{
		row("a", done/2, 5), row("b", done/2, 2),
	}}
}

func TestTheBlockStandsBelowTheLines(t *testing.T) {
	s := sit()
	s.Report(runner.StepStarted{Number: 8, Of: 9, Name: "wait"})
	s.Report(far(0))
	s.pass(4 * time.Second)
	s.Report(far(40))
	s.Report(runner.Warning{Text: "beware"})
	s.pass(time.Second)
	s.want(t, `
12:00:04: warning: beware

  4% [#.......................................] 40 of 1,000
ETA 4m00s · 10/s · b is last · 0/2 workers done · 4s so far
40 ok
a  xaa  [....]    4%   20 of 500  5.0/s  1m35s left  works
b  xab  [....]    4%   20 of 500  2.0/s  4m00s left  last`)
	s.End()
	s.Report(runner.Warning{Text: "twice"})
	s.want(t, "12:00:04: warning: beware\n12:00:05: warning: twice")
}

func TestTheBlockFollowsTheWindow(t *testing.T) {
	s := sit()
	for i := range 9 {
		s.Report(runner.Warning{Text: fmt.Sprint(i)})
	}
	s.Report(far(0))
	s.pass(time.Second)
	s.terminal.Resize(30, 6)
	s.pass(RefreshEvery)
	s.want(t, `
12:00:00: warning: 5
12:00:00: warning: 6
  0% [...........] 0 of 1,000
ETA ? · 0/2 workers done
a   0% 1m40s left works
b   0% 4m10s left works`)
}

// TestManyLinesAtATimeAreNotManyBlocks counts what is drawn.
func TestManyLinesAtATimeAreNotManyBlocks(t *testing.T) {
	s := sit()
	var out strings.Builder
	s.Out = &out
	s.Report(far(0))
	for i := range 1000 {
		s.Report(runner.Warning{Text: fmt.Sprint(i)})
	}
	s.pass(RefreshEvery)
	if n := strings.Count(out.String(), "workers done"); n > 3 {
		t.Errorf("it was drawn %d times", n)
	}
	if n := strings.Count(out.String(), "warning: "); n != 1000 {
		t.Errorf("%d of 1000 lines were written", n)
	}
}

func TestWhoeverHasTheTerminalHasItAlone(t *testing.T) {
	s := sit()
	s.Report(runner.Warning{Text: "before"})
	s.Report(far(0))
	first, second := s.Pause(), s.Pause()
	_, _ = io.WriteString(s.Out, "password: \n")
	s.Report(runner.Warning{Text: "meanwhile"})
	s.Report(far(10))
	first()
	s.pass(2 * time.Second)
	s.want(t, "12:00:00: warning: before\npassword:")
	second()
	if got := s.screen(); !strings.HasPrefix(got, "12:00:00: warning: before\npassword:\n12:00:00: warning: meanwhile\n\n  1% [") {
		t.Errorf("the screen shows\n%s", got)
	}
}

func TestWhatIsAskedForStandsBetween(t *testing.T) {
	s := sit()
	s.Report(far(0))
	err := s.Between(func(w io.Writer) error {
		_, err := io.WriteString(w, "a table\n")
		return errors.Join(err, io.EOF)
	})
	if !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	if got := s.screen(); !strings.HasPrefix(got, "a table\n\n  0% [") {
		t.Errorf("the screen shows\n%s", got)
	}
}

func TestAStepIsShownUntilItIsDone(t *testing.T) {
	s := sit()
	s.Report(runner.StepStarted{Number: 2, Of: 9, Name: "probe"})
	s.pass(70 * time.Second)
	s.want(t, "step 2 of 9: probe · 1m10s")
	s.Report(runner.StepDone{Number: 2, Name: "probe", Detail: "all can work"})
	s.pass(RefreshEvery)
	s.want(t, "12:01:10: probe: all can work")
}

func TestALogSaysHowLongItTakes(t *testing.T) {
	var out strings.Builder
	now := noon()
	text := &Text{Out: &out, Now: func() time.Time { return now }}
	for i, p := range []runner.Progress{far(0), far(120), far(240), {Workers: 2, WorkersDone: 1, Done: 300, Of: 1000, Tally: tallyOf(300)}, far(1000)} {
		if i == 2 {
			p.Crew[0].State = runner.ChunkQuiet
		}
		text.Report(p)
		now = now.Add(time.Minute)
	}
	want := `12:00:00: 0/2 workers done, 0 of 1,000 targets
12:01:00: 0/2 workers done, 120 of 1,000 targets: 120 ok; 2.0/s, ETA 7m20s; b is last, the others need 1m30s
12:02:00: 0/2 workers done, 240 of 1,000 targets: 240 ok; 2.0/s; a gives no sign
12:03:00: 1/2 workers done, 300 of 1,000 targets: 300 ok; 1.1/s, ETA 10m
12:04:00: 0/2 workers done, 1,000 of 1,000 targets: 1,000 ok
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// TestALogNamesAFewOfThoseThatStandStill has five of them.
func TestALogNamesAFewOfThoseThatStandStill(t *testing.T) {
	var out strings.Builder
	now := noon()
	text := &Text{Out: &out, Now: func() time.Time { return now }}
	for range 3 {
		p := runner.Progress{Workers: 5, Done: 10, Of: 50}
		for i := range 5 {
			p.Crew = append(p.Crew, runner.ChunkStatus{Worker: fmt.Sprintf("w%d", i), Chunk: "xaa", State: runner.ChunkWorks, Lines: 10, Done: 2})
		}
		text.Report(p)
		now = now.Add(45 * time.Second)
	}
	want := `12:00:00: 0/5 workers done, 10 of 50 targets
12:00:45: 0/5 workers done, 10 of 50 targets
12:01:30: 0/5 workers done, 10 of 50 targets; w0 has done none in 1m30s; w1 has done none in 1m30s; w2 has done none in 1m30s; 2 more are like that
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
