package worker

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

// herd is a scene of many targets whose script takes a moment.
func herd(t *testing.T, n int) (*scene, []netip.AddrPort) {
	t.Helper()
	s := newScene(t)
	addrs := make([]netip.AddrPort, n)
	for i := range addrs {
		addrs[i] = s.add(t, fmt.Sprintf("web%d", i+1), fleet.Behaviour{})
	}
	s.Args.Remote = s.write(t, "remote.sh", "sleep 0.02; echo ${SSH_CONNECTION##* }\n")
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\necho ran >>\"$1/.ran\"\n")
	s.staged(t)
	return s, addrs
}

// TestAWorkerThatIsKilledAgainAndAgainLosesNothing counts what ran at the
// targets: a second time only where a worker was killed over it, and with
// report not even there.
func TestAWorkerThatIsKilledAgainAndAgainLosesNothing(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{job.Rerun, job.Report} {
		t.Run(policy, func(t *testing.T) {
			s, addrs := herd(t, 80)
			s.Job.OnUnknown = policy
			flown := make(map[int64]int64)
			kills := 0
			for done := false; !done; {
				begun := s.count(t)
				p := s.start(t)
				await(t.Context(), t, func() bool { return s.count(t) > begun })
				time.Sleep(rand.N(40 * time.Millisecond))
				p.signal(t, syscall.SIGKILL) // it may have ended by now
				said, well := p.ends()
				if done = well; !done {
					kills++
				}
				a := s.audit(t)
				for _, attempt := range a.InFlight {
					flown[attempt.Line]++
				}
				if strings.Contains(said, "error:") {
					t.Fatal(said)
				}
				done = done || a.Missing == 0
			}
			s.finishes(t)
			for i, addr := range addrs {
				line := int64(i + 1)
				most := 1 + flown[line]
				if policy == job.Report {
					most = 1
				}
				if n := s.fleet.Executions(addr); n > most || n < 1 && flown[line] == 0 {
					t.Errorf("line %d ran %d times, and was in flight at %d kills", line, n, flown[line])
				}
			}
			t.Logf("%d kills, %d lines in flight at one", kills, len(flown))
			unknown := int64(0)
			if policy == job.Report {
				unknown = int64(len(flown))
			}
			if got := s.audit(t).Tally.Unknown(); got != unknown {
				t.Errorf("%d are unknown, want %d", got, unknown)
			}
		})
	}
}

// finishes runs the worker to its end, in this process.
func (s *scene) finishes(t *testing.T) {
	t.Helper()
	mark, err := Run(t.Context(), s.Config)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.said)
	}
	if mark.Outcomes != int64(len(s.lines)) {
		t.Errorf("the mark is %+v", mark)
	}
	s.wantEachOnce(t)
	if _, ok := job.ParseDone([]byte(read(t, filepath.Join(s.folder(), job.Done)))); !ok {
		t.Error("there is no .done")
	}
	if left, err := filepath.Glob(filepath.Join(s.folder(), ".new-*")); err != nil || len(left) > 0 {
		t.Errorf("left are %q, %v", left, err)
	}
}

func TestAChunkThatIsDoneIsLeftAlone(t *testing.T) {
	s, executions := ready(t)
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\necho ran >>\"$1/.ran\"\nexit 3\n")
	s.staged(t)
	first := s.work(t)
	second := s.work(t)
	if first.PostChunk != 3 || second.PostChunk != 3 || second.Outcomes != 1 || second.Counts["ok"] != 1 {
		t.Errorf("the marks are %+v and %+v", first, second)
	}
	if ran := read(t, filepath.Join(s.folder(), ".ran")); ran != "ran\n" || executions() != 1 {
		t.Errorf("the hook ran %q, the script %d times", ran, executions())
	}
	if said := s.said.String(); !strings.Contains(said, "the chunk xab is done already, by scan1: nothing is run\n") {
		t.Errorf("it said %q", said)
	}
}

// TestWithoutATrueDoneTheChunkIsBroughtToItsEnd has a worker that died between
// its last outcome and .done, and .done files that nobody should believe.
func TestWithoutATrueDoneTheChunkIsBroughtToItsEnd(t *testing.T) {
	for name, forge := range map[string]func(job.DoneMark) string{
		"none":          func(job.DoneMark) string { return "" },
		"another run":   func(m job.DoneMark) string { m.Run = job.NewRun(clock); return string(m.Encode()) },
		"another chunk": func(m job.DoneMark) string { m.Chunk = "xaa"; return string(m.Encode()) },
		"early":         func(m job.DoneMark) string { m.Outcomes = 0; return string(m.Encode()) },
		"classic":       func(job.DoneMark) string { return job.DateLine(clock) },
	} {
		t.Run(name, func(t *testing.T) {
			s, executions := ready(t)
			s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\necho ran >>\"$1/.ran\"\n")
			s.staged(t)
			mark := s.work(t)
			done := filepath.Join(s.folder(), job.Done)
			if err := os.Remove(done); err != nil {
				t.Fatal(err)
			}
			if text := forge(mark); text != "" {
				if err := os.WriteFile(done, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s.finishes(t)
			if ran := read(t, filepath.Join(s.folder(), ".ran")); ran != "ran\nran\n" || executions() != 1 {
				t.Errorf("the hook ran %q, the script %d times", ran, executions())
			}
		})
	}
}

// TestWhatAWorkerHasMadeBeforeItDiedIsUsed goes through all that there is
// before the first target is tried; the minute of the folder stays.
func TestWhatAWorkerHasMadeBeforeItDiedIsUsed(t *testing.T) {
	const earlier = "202601021400"
	for n, files := range [][]string{
		{},
		{job.Record},
		{job.Record, job.Slave, ".new-XYZ"},
		{job.Record, job.Started, "output/input"},
		{job.Record, "output/input", "input/" + earlier + "/xaa", "output/" + earlier + "/xaa/"},
	} {
		s, _ := ready(t)
		folder := filepath.Join(s.prefix(), earlier+".xab")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			path := filepath.Join(folder, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "/") {
				continue
			}
			text := "half"
			if name == job.Record {
				text = "" // the header is in it with one write, or not
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.work(t)
		if _, err := os.Stat(s.folder()); err == nil {
			t.Errorf("%d: there is a second folder", n)
		}
		if got := read(t, filepath.Join(folder, "output", earlier, "xaa", "hosts_ok")); strings.Count(got, "\n") != 1 {
			t.Errorf("%d: hosts_ok holds %q", n, got)
		}
		for _, name := range []string{"output/input", "input/" + earlier + "/xaa"} {
			if got := read(t, filepath.Join(folder, name)); got != strings.Join(s.lines, "\n") {
				t.Errorf("%d: %s holds %q", n, name, got)
			}
		}
		if left, err := filepath.Glob(filepath.Join(folder, ".new-*")); err != nil || len(left) > 0 {
			t.Errorf("%d: left are %q, %v", n, left, err)
		}
	}
}

func TestUnderAClassicMasterAWorkerIsGoneOnWithToo(t *testing.T) {
	s, addrs := herd(t, 20)
	s.Job, s.Args.PostChunk = nil, ""
	p := s.start(t)
	await(t.Context(), t, func() bool { return s.count(t) > 0 })
	p.signal(t, syscall.SIGKILL)
	_, _ = p.ends()
	if _, err := Run(t.Context(), s.Config); err != nil {
		t.Fatal(err)
	}
	s.wantEachOnce(t)
	ran := int64(0)
	for _, addr := range addrs {
		ran += s.fleet.Executions(addr)
	}
	if ran < 20 || ran > 20+int64(s.Args.Jobs) {
		t.Errorf("the script ran %d times", ran)
	}
	if _, err := Run(t.Context(), s.Config); err == nil || !strings.Contains(err.Error(), "it is finished") {
		t.Errorf("a third time: %v", err)
	}
}
