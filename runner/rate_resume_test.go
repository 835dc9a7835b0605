package runner_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

// TestTheNextMasterSharesTheCeilingOutAnew has a run of two targets, which two of
// three workers have shared out over them, be taken up where nobody works any more.
func TestTheNextMasterSharesTheCeilingOutAnew(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("held", 2, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("here\n"), First: []fleet.Kind{fleet.NeverEnds}})
	p := g.plan("hosts: [local, local, local]\nrate: 90/s\n")
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("that was enough")
	go func() {
		g.await("both to be in hand", func() bool {
			ran := g.ran()
			return ran["held0"] > 0 && ran["held1"] > 0
		})
		cancel(enough)
	}()
	if _, err := g.apply(ctx, p); !errors.Is(err, enough) {
		t.Fatalf("%v\n%s", err, g.logs())
	}
	share := func(file string) string {
		data := g.read(filepath.Join(".run-*", file))
		_, rest, _ := strings.Cut(data, `"rate": `)
		rate, _, _ := strings.Cut(rest, "}")
		return strings.Join(strings.Fields(rate), "")
	}
	if got := share("job.json"); got != `{"all":90,"workers":2` {
		t.Errorf("the first master shared out %s", got)
	}
	s, _, err := g.resume(p, false)
	if err != nil || s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 2 {
		t.Fatalf("%+v, %v\n%s", s, err, g.logs())
	}
	if got := share("job.2.json"); got != `{"all":90,"workers":3` {
		t.Errorf("the second master shared out %s", got)
	}
}
