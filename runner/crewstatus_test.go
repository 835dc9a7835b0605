package runner

import (
	"fmt"
	"testing"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
)

// marked is a worker's mark with so many targets fine.
func marked(beat, ok int64) job.ProgressMark {
	return job.ProgressMark{Beat: beat, Done: ok, Counts: map[string]int64{"ok": ok}}
}

// atWork is a worker at a chunk of 100 targets, seen at second 0 with nothing done
// and at second 10 with 50.
func atWork(name, chunk string, began time.Time) (*hand, *chunkRun) {
	h := &hand{worker: plan.Worker{Name: name}}
	c := &chunkRun{name: chunk, lines: 100}
	c.give(h)
	c.given, c.post = began, &silent{}
	c.pace.see(began, marked(1, 0))
	c.pace.see(began.Add(10*time.Second), marked(2, 50))
	return h, c
}

func TestAWorkersRowSaysHowItStands(t *testing.T) {
	began := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	fine := func(n int64) result.Tally { return result.Tally{Counts: map[string]int64{"ok": n}} }
	for want, c := range map[ChunkState]struct {
		published, after int64 // targets, seconds
		change           func(*hand, *chunkRun)
	}{
		ChunkWorks:  {published: 50, after: 11},
		ChunkQuiet:  {published: 50, after: 40},
		ChunkEnds:   {published: 100, after: 11},
		ChunkStarts: {after: 1, change: func(_ *hand, c *chunkRun) { c.post = nil }},
		ChunkDone: {after: 11, change: func(h *hand, c *chunkRun) {
			c.free()
			c.done, c.tally, h.losses = true, fine(100), 0
		}},
		ChunkLost: {published: 50, after: 11, change: func(_ *hand, c *chunkRun) {
			c.free()
			c.lost = "it was killed"
		}},
		ChunkWaits: {after: 11, change: func(_ *hand, c *chunkRun) { c.free().last = nil }},
	} {
		h, chunk := atWork("scan1", "xaa", began)
		if c.change != nil {
			c.change(h, chunk)
		}
		r := &run{plan: plan.Plan{Lease: 2 * time.Minute}, chunks: []*chunkRun{chunk}, crew: []*hand{h}}
		w := &waiter{run: r, counts: &counter{last: map[string]job.ProgressMark{"xaa": marked(2, c.published)}}}
		rows := w.crew(began.Add(time.Duration(c.after) * time.Second))
		if len(rows) != 1 || rows[0].State != want || rows[0].Worker != "scan1" {
			t.Errorf("%s: %+v", want, rows)
		}
		if got := rows[0].Done; want != ChunkDone && got != c.published || want == ChunkDone && got != 100 {
			t.Errorf("%s: %d are done", want, got)
		}
		if got := rows[0].Rate; want == ChunkWorks && got != 5 {
			t.Errorf("%s: %v a second", want, got)
		}
	}
}

func TestAWorkerThatGetsNothingMoreIsLost(t *testing.T) {
	h, c := atWork("scan1", "xaa", time.Now())
	c.free()
	h.out = "it can't be reached"
	w := &waiter{run: &run{crew: []*hand{h}}, counts: &counter{}}
	if rows := w.crew(time.Now()); rows[0].State != ChunkLost || rows[0].Lost != "it can't be reached" || rows[0].Chunk != "" {
		t.Errorf("%+v", rows)
	}
}

func TestAForgedMarkIsNoCount(t *testing.T) {
	h, c := atWork("scan1", "xaa", time.Now())
	forged := job.ProgressMark{Counts: map[string]int64{"ok": -5, "\x1b[2J": 9}}
	w := &waiter{run: &run{crew: []*hand{h}}, counts: &counter{last: map[string]job.ProgressMark{c.name: forged}}}
	if rows := w.crew(time.Now()); rows[0].Done != 0 || rows[0].Tally.Counts != nil {
		t.Errorf("%+v", rows)
	}
}

// BenchmarkProgress tells how far 50 workers are with 1,000 chunks, as a master at a
// terminal does each second. What the workers have published was read before.
func BenchmarkProgress(b *testing.B) {
	began := time.Now()
	r := &run{cfg: Config{Now: time.Now, Reporter: unheard{}}, plan: plan.Plan{Lease: 2 * time.Minute}}
	w := &waiter{run: r, counts: &counter{last: make(map[string]job.ProgressMark)}}
	for i := range 1000 {
		h, c := atWork(fmt.Sprint("scan", i), fmt.Sprint("x", i), began)
		if i >= 50 {
			c.free()
		} else {
			r.crew = append(r.crew, h)
		}
		r.chunks = append(r.chunks, c)
		w.counts.last[c.name] = marked(2, 50)
	}
	for b.Loop() {
		w.progress(true)
	}
}
