package runner_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// TestASplitOutlivesItsMaster ends a master some time after it has asked a
// straggler, and leaves the workers: by then it may have heard the answer, or
// made the new chunks, or started somebody on them. The next one goes on.
func TestASplitOutlivesItsMaster(t *testing.T) {
	for _, after := range []time.Duration{0, 600 * time.Millisecond, 1200 * time.Millisecond} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			g := lay(t)
			g.targets("web", 160, fleet.Behaviour{Kind: fleet.Canned, Delay: 200 * time.Millisecond, Stdout: []byte("here\n")})
			p := g.plan(g.slowHost(g.hosts(1), 1) + "jobs: 10\npoll: 1s\n")
			ctx, cancel := context.WithCancelCause(t.Context())
			enough := errors.New("that was enough")
			go func() {
				for asked := []string(nil); len(asked) == 0 && ctx.Err() == nil; {
					asked, _ = filepath.Glob(g.prefix("*/.limit"))
					time.Sleep(glance)
				}
				time.Sleep(after)
				cancel(enough)
			}()
			cfg := g.config()
			cfg.LeaveWorkers = true
			if _, err := runner.Apply(ctx, p, cfg); !errors.Is(err, enough) {
				t.Fatalf("%v: want that it was ended", err)
			}
			before := len(g.splits())
			s, err := runner.Resume(t.Context(), p, g.config())
			if err != nil {
				t.Fatalf("%v\n%s", err, g.logs())
			}
			splits := g.splits()
			if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 160 || len(splits) == 0 {
				t.Errorf("%+v\n%+v\n%s", s, splits, g.logs())
			}
			g.wantEachOnce()
			for name, n := range g.ran() {
				if n != 1 {
					t.Errorf("%s ran %d times", name, n)
				}
			}
			t.Logf("%d splits before its end, %d after", before, len(splits)-before)
		})
	}
}
