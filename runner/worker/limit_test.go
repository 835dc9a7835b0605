package worker

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

func TestALimitIsNeverBeforeWhatWasTakenInHand(t *testing.T) {
	l := newLimit(100, 20)
	for _, step := range []struct {
		take    int64 // up to there, one after the other
		of, end int64 // what is asked for; of 0 is nothing
		want    int64
	}{
		{30, 0, 0, 100},
		{30, 100, 60, 60},
		{40, 100, 50, 60}, // answered already
		{50, 60, 45, 50},
		{50, 100, 1, 50},
		{50, 50, -5, 50},
	} {
		for line := int64(1); line <= step.take; line++ {
			if !l.take(line) {
				t.Fatalf("line %d may not be taken", line)
			}
		}
		if step.of > 0 {
			l.lower(job.LimitMark{Of: step.of, End: step.end})
		}
		if taken, end := l.now(); end != step.want || taken != step.take {
			t.Errorf("%+v: it ends at %d, and has taken %d", step, end, taken)
		}
	}
	if l.take(51) {
		t.Error("it takes what is beyond")
	}
}

// slowly is a scene of targets that take a while, for a worker with a lease so
// short that it looks for a limit often.
func slowly(t *testing.T, n int) *scene {
	t.Helper()
	s := newScene(t)
	for i := range n {
		s.add(t, fmt.Sprintf("web%d", i+1), fleet.Behaviour{Kind: fleet.Canned, Delay: 100 * time.Millisecond, Stdout: []byte("here\n")})
	}
	s.Args.Jobs = 2
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\ncat \"$1\"/output/input \"$1\"/input/*/xaa >\"$1\"/hook.saw\nls -t \"$1\"/output >>\"$1\"/hook.saw\n")
	s.staged(t)
	s.Job.Lease = 2 * time.Second
	return s
}

// ask asks the worker to end at a line, as the master does.
func (s *scene) ask(t *testing.T, of, end int64) {
	t.Helper()
	mark := job.LimitMark{Run: s.Job.Run, Chunk: "xab", Of: of, End: end}
	path := filepath.Join(s.folder(), job.Limit)
	if err := os.WriteFile(path+"-", mark.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"-", path); err != nil {
		t.Fatal(err)
	}
}

// answer is what the worker has answered.
func (s *scene) answer(t *testing.T) job.ProgressMark {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.folder(), job.Progress))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	mark, _ := job.ParseProgress(data)
	return mark
}

// wantEndAt holds all that the worker has left against the line that it was to
// end at.
func (s *scene) wantEndAt(t *testing.T, end int64) {
	t.Helper()
	mark, ok := job.ParseDone([]byte(read(t, filepath.Join(s.folder(), job.Done))))
	if !ok || mark.Lines != end || mark.Outcomes != end || mark.PostChunk != 0 {
		t.Errorf("%+v, want %d lines", mark, end)
	}
	s.lines = s.lines[:end]
	s.wantEachOnce(t)
	list := strings.Join(s.lines, "\n")
	saw := strings.ReplaceAll(read(t, filepath.Join(s.folder(), "hook.saw")), "\n\n", "\n")
	if want := list + "\n" + list + "\n" + workerMin + "\ninput\n"; saw != want {
		t.Errorf("the hook saw %q, want %q", saw, want)
	}
}

func TestAWorkerEndsWhereItIsAskedTo(t *testing.T) {
	t.Parallel()
	s := slowly(t, 60)
	p := s.start(t)
	await(t.Context(), t, func() bool { return s.count(t) > 2 })
	s.ask(t, 60, 20)
	await(t.Context(), t, func() bool { return s.answer(t).End < 60 })
	mark := s.answer(t)
	if mark.End < 20 || mark.End > 40 || mark.Taken > mark.End {
		t.Errorf("%+v", mark)
	}
	s.ask(t, mark.End, 1) // and now what it has in hand only
	if said, well := p.ends(); !well || !strings.Contains(said, "of 60: others have the rest") {
		t.Errorf("%s", said)
	}
	last := s.answer(t)
	if last.End > mark.End || last.Taken != last.End {
		t.Errorf("%+v after %+v", last, mark)
	}
	s.wantEndAt(t, last.End)
}

func TestWhatIsNoQuestionToThisWorkerChangesNothing(t *testing.T) {
	t.Parallel()
	s := slowly(t, 20)
	p := s.start(t)
	await(t.Context(), t, func() bool { return s.count(t) > 0 })
	for _, text := range []string{
		"", "nix", `{"run":"another","chunk":"xab","of":20,"end":1}`, `{"run":"` + s.Job.Run + `","chunk":"xaa","of":20,"end":1}`,
		string(job.LimitMark{Run: s.Job.Run, Chunk: "xab", Of: 21, End: 1}.Encode()), // of when the chunk was longer
	} {
		if err := os.WriteFile(filepath.Join(s.folder(), job.Limit), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		beat := s.answer(t).Beat
		await(t.Context(), t, func() bool { return s.answer(t).Beat > beat+1 || s.count(t) == 20 })
	}
	if said, well := p.ends(); !well {
		t.Error(said)
	}
	if n := s.count(t); n != 20 {
		t.Errorf("%d targets are done, want 20", n)
	}
}

// TestWhoGoesOnKeepsToTheAnswer kills a worker that has answered. Whoever goes
// on, whether or not its master knows of the answer, does no line more.
func TestWhoGoesOnKeepsToTheAnswer(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{false, true} {
		t.Run(fmt.Sprint("known: ", known), func(t *testing.T) {
			s := slowly(t, 60)
			p := s.start(t)
			await(t.Context(), t, func() bool { return s.count(t) > 2 })
			s.ask(t, 60, 30)
			await(t.Context(), t, func() bool { return s.answer(t).End < 60 })
			p.signal(t, syscall.SIGKILL)
			p.ends()
			end := s.answer(t).End
			if known {
				s.shortenChunk(t, end)
			}
			if said, well := s.start(t).ends(); !well {
				t.Fatal(said)
			}
			if got := s.answer(t).End; got > end {
				t.Errorf("it ended at %d, and the one before at %d", got, end)
			}
			s.wantEndAt(t, s.answer(t).End)
			again := s.start(t)
			if said, well := again.ends(); !well || !strings.Contains(said, "is done already") {
				t.Errorf("started once more it says %q", said)
			}
		})
	}
}

// shortenChunk cuts the chunk, as the master does.
func (s *scene) shortenChunk(t *testing.T, end int64) {
	t.Helper()
	text := strings.Join(s.lines[:end], "\n") + "\n"
	if err := os.WriteFile(s.Args.ChunkFile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Job.Chunks["xab"] = job.Chunk{SHA256: job.Digest([]byte(text)), Lines: end}
}
