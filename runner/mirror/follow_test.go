package mirror

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
)

func TestWhatGrowsThereGrowsHere(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	f := p.follow()
	f.whole() // there is nothing yet
	p.begins()
	f.whole()
	p.wantSame(job.Progress)
	for range 2 {
		p.works(output+"hosts_ok", "second\n")
		p.works(output+"hosts_exit_1", "third\n")
		p.works(job.Record, "2 ok\n")
		f.whole()
		if here, there := read(t, p.here(job.Record)), read(t, p.there(job.Record)); here != there {
			t.Errorf("the record is %q here, and %q there", here, there)
		}
	}
	write(t, p.cfg.There.Log("xaa"), "said\n", 0)
	write(t, p.cfg.There.HostKeyFile("xaa"), "a key\n", 0)
	f.finish()
	if log, keys := read(t, p.cfg.Here.Log("xaa")), read(t, p.cfg.Here.HostKeyFile("xaa")); log != "said\n" || keys != "a key\n" {
		t.Errorf("the log is %q, the keys %q", log, keys)
	}
}

// TestTheRecordIsNeverAheadOfTheResults has a worker write results, and each into
// the record after it, while all is brought.
func TestTheRecordIsNeverAheadOfTheResults(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.begins()
	f := p.follow()
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-quit:
				return
			default:
				p.works(output+"hosts_ok", "result\n")
				p.works(job.Record, "line\n")
			}
		}
	}()
	for range 2 {
		f.whole()
		record, results := read(t, p.here(job.Record)), read(t, p.here(output+"hosts_ok"))
		if r, o := strings.Count(record, "\n"), strings.Count(results, "\n"); r > o {
			t.Errorf("%d are in the record, and %d are here", r, o)
		}
	}
	close(quit)
	<-ended
	f.finish()
}

// TestNothingIsBroughtBeyondWhatWasSeen: the record would get ahead of results that
// were looked at before, and what something writes on and on would have no end.
func TestNothingIsBroughtBeyondWhatWasSeen(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.begins()
	s, err := p.Mirror.open(t.Context(), p.host)
	if err != nil {
		t.Fatal(err)
	}
	defer s.files.Close()
	p.foundAs(folder)
	all, err := s.walk("")
	if err != nil {
		t.Fatal(err)
	}
	was := tree(t, p.there(""))
	for _, f := range all {
		p.works(f.path, "later\n")
		if err := s.again(f); err != nil {
			t.Fatal(err)
		}
		if got := read(t, p.here(f.path)); got != was[f.path] {
			t.Errorf("%s holds %q, and was %q when it was seen", f.path, got, was[f.path])
		}
	}
}

// TestWhatAWorkerCutsOffAtItsBeginningIsCutOff: until it has begun, what it has
// got of its predecessor may become shorter, and grow again before the next look.
func TestWhatAWorkerCutsOffAtItsBeginningIsCutOff(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	write(t, p.here(output+"hosts_ok"), "first\ntorn", 0)
	write(t, p.here(job.Record), "1 ok\n", 0)
	if err := p.Push(t.Context(), p.host, "job.json", nil); err != nil {
		t.Fatal(err)
	}
	f := p.follow()
	f.whole()
	if err := os.Truncate(p.there(output+"hosts_ok"), int64(len("first\n"))); err != nil {
		t.Fatal(err)
	}
	p.works(output+"hosts_ok", "second, and longer\n")
	p.works(job.Progress, "beat 1\n")
	f.whole()
	p.wantSame(job.Progress)
	f.finish()
}

func TestAFileOfManyPiecesIsWhole(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.begins()
	f := p.follow()
	large := strings.Repeat("large\x00\n", 1<<19) // more than a piece of remote's
	p.works(output+"hosts_ok", large)
	p.works("core", large)
	f.whole()
	p.works(output+"hosts_ok", large)
	f.finish()
}

// TestTheWorkerIsSeenAndSeesItsMasterWhileMuchIsCompared: it would stop, and be
// taken for gone.
func TestTheWorkerIsSeenAndSeesItsMasterWhileMuchIsCompared(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.begins()
	begun, release := filepath.Join(p.bin, "begun"), filepath.Join(p.bin, "go")
	write(t, filepath.Join(p.bin, "sha256sum"), "#!/bin/sh\n: >"+begun+"\nuntil [ -e "+release+" ]; do sleep 0.01; done\nexec /usr/bin/sha256sum \"$@\"\n", 0)
	if err := os.Chmod(filepath.Join(p.bin, "sha256sum"), 0o700); err != nil {
		t.Fatal(err)
	}
	f := p.follow()
	eventually(t, func() bool { return read(t, begun) == "" && exists(begun) })
	beat := filepath.Join(p.cfg.There.RunDir(), job.MasterBeat)
	last := read(t, beat)
	p.works(job.Progress, "beat 2\n")
	eventually(t, func() bool { return strings.HasSuffix(read(t, p.here(job.Progress)), "beat 2\n") })
	eventually(t, func() bool { sign := read(t, beat); return sign != "" && sign != last })
	write(t, release, "", 0)
	f.finish()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestWhatTheMasterAsksForGoesThere(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.begins()
	f := p.follow()
	f.whole()
	write(t, p.here(job.Limit), "end at 7\n", 0)
	eventually(t, func() bool { return read(t, p.there(job.Limit)) == "end at 7\n" })
	f.finish()
}

// TestAHostThatCannotBeToldOfItsMasterKeepsNothing, as one whose disk is full.
func TestAHostThatCannotBeToldOfItsMasterKeepsNothing(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	if err := os.MkdirAll(filepath.Join(p.cfg.There.RunDir(), job.MasterBeat), 0o700); err != nil {
		t.Fatal(err)
	}
	p.begins()
	f := p.follow()
	f.whole()
	f.finish()
	if got := p.warnings(); !strings.Contains(got, "can't be told that the master lives") {
		t.Errorf("said was %q", got)
	}
}

func TestTheEndOfTheContextIsToldAsItsCause(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.begins()
	f := p.follow()
	f.whole()
	f.stop()
	<-f.end
	if f.over || !errors.Is(f.err, context.Canceled) {
		t.Errorf("%v, %v: want the cause", f.over, f.err)
	}
	if err := p.Whole(canceled()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v: want the cause", err)
	}
	if _, err := p.Follow(canceled(), p.host); !errors.Is(err, context.Canceled) {
		t.Errorf("%v: want the cause", err)
	}
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestALineThatGoesDownIsTold(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	p.begins()
	f := p.follow()
	f.whole()
	_ = p.host.Close()
	<-f.end
	if lost := new(remote.Error); f.over || !errors.As(f.err, &lost) {
		t.Errorf("%v, %v: want that the line is down", f.over, f.err)
	}
	if got := p.warnings(); got != "" {
		t.Errorf("said was %q", got)
	}
}
