package runner_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// TestClocksThatDifferChangeNothing has masters whose clocks are two hours
// behind and ahead of the workers', or step between the two, one after the other
// on what the last has left; in between the files' times are off as well.
func TestClocksThatDifferChangeNothing(t *testing.T) {
	t.Parallel()
	const off = 2 * time.Hour
	g := lay(t)
	g.targets("host", 20, fleet.Behaviour{})
	var looks atomic.Int64
	clocks := []func() time.Time{
		func() time.Time { return time.Now().Add(off) },
		func() time.Time { return time.Now().Add(-off) },
		func() time.Time { return time.Now().Add(off * time.Duration(looks.Add(1)%3-1)) },
		time.Now,
	}
	for i, clock := range clocks {
		g.now = clock
		c := g.config()
		p := g.plan("chunks: 2\nlease: 10s\n")
		s, err := runner.Apply(t.Context(), p, c)
		if err != nil {
			t.Fatalf("%d: %v\n%s", i, err, g.logs())
		}
		if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 20 || s.Missing > 0 {
			t.Errorf("%d: %+v", i, s)
		}
		if runs, _ := filepath.Glob(g.prefix(".old/run-*")); len(runs) != min(i, 1) {
			t.Errorf("%d: of earlier runs there are %q", i, runs)
		}
		g.touch(time.Now().Add([]time.Duration{off, -off}[i%2]))
	}
}

// touch gives all on the share a time.
func (g *ground) touch(at time.Time) {
	g.t.Helper()
	err := filepath.WalkDir(g.path("share"), func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, at, at)
	})
	if err != nil {
		g.t.Fatal(err)
	}
}
