package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// limited is a run of so many hands and waiting chunks, whose ceiling is shared out
// over some workers.
func limited(hands, chunks, workers int) *run {
	r := &run{cfg: Config{Now: time.Now, Reporter: unheard{}}}
	for i := range hands {
		r.crew = append(r.crew, &hand{worker: plan.Worker{Name: fmt.Sprint(i), Local: true}, at: local{}})
	}
	for i := range chunks {
		r.chunks = append(r.chunks, &chunkRun{name: fmt.Sprint(i), lines: 10})
	}
	r.job = jobFile{content: job.File{Rate: &job.Rate{All: 300, Workers: workers}}, number: 1}
	return r
}

func TestNoMoreWorkAtATimeThanShareTheCeiling(t *testing.T) {
	r := limited(5, 7, 3)
	if dealt := r.deal(); len(dealt) != 3 || !r.isFull() || len(r.idle()) != 0 || len(r.deal()) != 0 {
		t.Fatalf("%d work, of whom 3 may; %d count as idle", len(dealt), len(r.idle()))
	}
	r.chunks[1].free() // its worker is lost, and others go on
	if r.isFull() || len(r.idle()) != 3 || len(r.deal()) != 1 || !r.isFull() {
		t.Error("nobody takes the place of one that is lost")
	}
	r.job.content.Rate = nil
	if dealt := r.deal(); len(dealt) != 2 {
		t.Errorf("without a ceiling %d more work, want 2", len(dealt))
	}
}

func TestAMasterThatFindsNobodyAtWorkSharesOutAnew(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*run)
		want    int // workers, 0 where all stays
	}{
		"more can work":      {func(*run) {}, 5},
		"as many can work":   {func(r *run) { r.crew = r.crew[:3] }, 0},
		"fewer can work":     {func(r *run) { r.crew[0].out, r.crew = "it is slow", r.crew[:3] }, 2},
		"nobody can work":    {func(r *run) { r.crew = nil }, 0},
		"one is found there": {func(r *run) { r.chunks[0].give(r.crew[0]) }, 0},
		"one may be at work": {func(r *run) { r.crew[0].out = "it can't be reached"; r.chunks[0].give(r.crew[0]) }, 0},
		"there is no rate":   {func(r *run) { r.job.content.Rate = nil }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := limited(5, 7, 3)
			r.job.content = shareable(r.job.content.Rate)
			c.prepare(r)
			folder, err := share.Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer folder.Close()
			var state journal.State
			if r.journal, state, err = journal.Open(folder, time.Now, func() error { return nil }); err != nil {
				t.Fatal(err)
			}
			defer r.journal.Close()
			r.folder, r.plan.Layout = folder, job.Layout{Dir: "/s", Name: "s", Run: job.NewRun(time.Now())}
			if err := r.reshare(); err != nil {
				t.Fatal(err)
			}
			_, state, err = journal.Open(folder, time.Now, func() error { return nil })
			switch {
			case err != nil:
				t.Fatal(err)
			case c.want == 0 && (state.Job != 0 || r.job.number != 1):
				t.Errorf("it is shared out anew: %+v", r.job)
			case c.want != 0:
				wantShared(t, r, state.Job, c.want)
			}
		})
	}
}

// shareable is a job file that may be written.
func shareable(rate *job.Rate) job.File {
	digest := job.Digest(nil)
	return job.File{
		Version: job.FileVersion, Run: job.NewRun(time.Now()), Name: "s", Script: job.Staged{Path: "/s/remote", SHA256: digest},
		Timeouts: job.DefaultTimeouts, MaxOutput: 1, Lease: time.Minute, OnUnknown: job.Rerun, Rate: rate,
	}
}

func wantShared(t *testing.T, r *run, number, workers int) {
	t.Helper()
	if number != 2 || r.job.number != 2 || filepath.Base(r.job.staged.Path) != "job.2.json" {
		t.Fatalf("the journal names job file %d, the run %+v", number, r.job.staged)
	}
	data, err := os.ReadFile(r.folder.Path("job.2.json"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := job.DecodeFile(data, r.job.staged.SHA256)
	if err != nil || file.Rate.All != 300 || file.Rate.Workers != workers {
		t.Errorf("%+v, %v", file.Rate, err)
	}
}
