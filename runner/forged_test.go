package runner_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
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
			time.Sleep(glance)
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

// TestADoneFileThatIsThereTwiceCountsOnce has the folder of a worker that is
// done copied while another worker still works: the wait must not take that for
// the end of both. On worker hosts nothing but .done files tells of an end.
func TestADoneFileThatIsThereTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("quick", 1, fleet.Behaviour{Kind: fleet.Canned})
	g.targets("slow", 1, fleet.Behaviour{Kind: fleet.Canned, Delay: time.Second})
	p := g.plan(g.hosts(2))
	copied := make(chan error, 1)
	go func() { copied <- copyFirst(t.Context(), g) }()
	s, err := g.apply(t.Context(), p)
	if err := errors.Join(err, <-copied); err != nil {
		t.Fatal(err)
	}
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 2 || s.Tally.Total() != 2 {
		t.Errorf("%+v", s)
	}
}

// copyFirst copies the .done of the first chunk to another minute's folder.
func copyFirst(ctx context.Context, g *ground) error {
	for ctx.Err() == nil {
		found, _ := filepath.Glob(g.prefix("*.xaa/.done"))
		if len(found) == 0 {
			time.Sleep(glance)
			continue
		}
		done, err := os.ReadFile(found[0])
		other := g.prefix("200001010000.xaa")
		return errors.Join(err, os.Mkdir(other, 0o700), os.WriteFile(filepath.Join(other, job.Done), done, 0o600))
	}
	return ctx.Err()
}

// trueCounts is what the worker of a chunk of n fine targets says in the end.
func trueCounts(run string, n int64) job.DoneMark {
	return job.DoneMark{Run: run, Chunk: "xaa", Lines: n, Outcomes: n, Counts: map[string]int64{"ok": n}}
}

// TestWhatAForgedDoneFileHasCutIsTakenUp has a run whose master has taken a
// forged .done file for the end, as the journal says.
func TestWhatAForgedDoneFileHasCutIsTakenUp(t *testing.T) {
	t.Parallel()
	for name, hosts := range map[string]func(*ground) string{
		"here":  func(*ground) string { return "hosts: [local]\n" },
		"there": func(g *ground) string { return g.hosts(1) },
	} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("slow", 4, fleet.Behaviour{Kind: fleet.Canned, Delay: 200 * time.Millisecond})
			p := g.plan(hosts(g) + "jobs: 1\npoll: 1s\n")
			folder := g.endedWithOneDone(p)
			mark := trueCounts(p.Layout.Run, 4)
			if err := os.WriteFile(filepath.Join(folder, job.Done), mark.Encode(), 0o600); err != nil {
				t.Fatal(err)
			}
			g.append(".run-"+p.Layout.Run+"/journal", `{"kind":"done","chunk":"xaa","folder":"`+filepath.Base(folder)+`"}`+"\n")
			s, err := runner.Resume(t.Context(), p, g.config())
			if err != nil {
				t.Fatalf("%v\n%s", err, g.logs())
			}
			if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 4 {
				t.Errorf("%+v\n%s", s, g.logs())
			}
		})
	}
}

// endedWithOneDone ends a scan of one worker when it has its first result, and
// gives the worker's folder. What it is at then comes to its end.
func (g *ground) endedWithOneDone(p plan.Plan) (folder string) {
	g.t.Helper()
	ctx, cancel := context.WithCancelCause(g.t.Context())
	enough := errors.New("that was enough")
	go func() {
		for ctx.Err() == nil {
			if done, _ := filepath.Glob(g.prefix("*.xaa/output/*/xaa/hosts_ok")); len(done) > 0 {
				cancel(enough)
			}
			time.Sleep(glance)
		}
	}()
	if _, err := g.apply(ctx, p); !errors.Is(err, enough) {
		g.t.Fatalf("%v: want that it was ended\n%s", err, g.logs())
	}
	folders, _ := filepath.Glob(g.prefix("*.xaa"))
	if len(folders) != 1 {
		g.t.Fatalf("%q: want one folder", folders)
	}
	return folders[0]
}

// append adds text to a file below PREFIX.
func (g *ground) append(name, text string) {
	g.t.Helper()
	file, err := os.OpenFile(g.prefix(name), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		g.t.Fatal(err)
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Close()); err != nil {
		g.t.Fatal(err)
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
		job.DoneMark{Run: run, Chunk: "xaa", Lines: 2, Counts: map[string]int64{}}.Encode(),
		trueCounts(run, 2).Encode(),
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
