package worker

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// orphans is a scene with a master, whose targets' scripts end when they are let.
type orphans struct {
	*scene
	addrs []netip.AddrPort
	beats int64
}

// newOrphans has so many targets, two of them in hand at a time.
func newOrphans(t *testing.T, targets int, lease time.Duration) *orphans {
	t.Helper()
	o := &orphans{scene: newScene(t)}
	for i := range targets {
		o.addrs = append(o.addrs, o.add(t, string(rune('a'+i)), fleet.Behaviour{}))
	}
	o.Args.Jobs = 2
	o.Args.Remote = o.write(t, "remote.sh", "until test -e "+filepath.Join(o.dir, "go")+"; do sleep 0.01; done\n")
	o.Args.PostChunk = o.write(t, "post.sh", "#!/bin/sh\necho ran >>\"$1/.ran\"\n")
	o.staged(t)
	o.Job.MasterLease = lease
	o.Grace = time.Hour
	o.sign(t)
	return o
}

func (o *orphans) runDir() string { return filepath.Join(o.prefix(), job.RunPrefix+o.Job.Run) }

// sign is what a master does that lives.
func (o *orphans) sign(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll(o.runDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	dir, err := share.Open(o.runDir())
	if err != nil {
		t.Fatal(err)
	}
	o.beats++
	if err := errors.Join(dir.Publish(job.MasterBeat, job.MasterSign(o.beats, "the test")), dir.Close()); err != nil {
		t.Fatal(err)
	}
}

// runs is a worker that works in the background.
type runs struct {
	mark  job.DoneMark
	err   error
	ended chan struct{}
}

func (o *orphans) run(ctx context.Context) *runs {
	r := &runs{ended: make(chan struct{})}
	go func() {
		r.mark, r.err = Run(ctx, o.Config)
		close(r.ended)
	}()
	return r
}

// begin starts the worker, and returns when scripts run at two targets.
func (o *orphans) begin(ctx context.Context, t *testing.T) *runs {
	t.Helper()
	r := o.run(ctx)
	await(t.Context(), t, func() bool { o.sign(t); return o.fleetRan(o.addrs) == 2 })
	return r
}

func (o *orphans) awaitWord(t *testing.T, text string) {
	t.Helper()
	await(t.Context(), t, func() bool { return strings.Contains(o.said.String(), text) })
}

func (o *orphans) has(name string) bool {
	_, err := os.Lstat(filepath.Join(o.folder(), name))
	return err == nil
}

// until keeps the master alive until a worker has ended.
func (o *orphans) until(t *testing.T, r *runs) {
	t.Helper()
	await(t.Context(), t, func() bool {
		o.sign(t)
		select {
		case <-r.ended:
			return true
		default:
			return false
		}
	})
}

// TestAWorkerStopsWithoutItsMaster loses it in every way that there is, begins
// nothing more, and another one goes on with the rest.
func TestAWorkerStopsWithoutItsMaster(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(o *orphans) error{
		"no more signs":       func(*orphans) error { return nil },
		"the file is removed": func(o *orphans) error { return os.Remove(filepath.Join(o.runDir(), job.MasterBeat)) },
		"the run has made way": func(o *orphans) error {
			return os.Rename(o.runDir(), filepath.Join(o.prefix(), ".gone"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrphans(t, 6, time.Second)
			r := o.begin(t.Context(), t)
			if err := lose(o); err != nil {
				t.Fatal(err)
			}
			o.awaitWord(t, "nothing new is begun until it does")
			o.write(t, "go", "")
			<-r.ended
			if !errors.Is(r.err, errMasterLost) || !strings.Contains(r.err.Error(), "no sign for 1s") ||
				!strings.Contains(r.err.Error(), "scanmaster resume audit goes on") {
				t.Errorf("it ended with %v", r.err)
			}
			if n := o.fleetRan(o.addrs); n != 2 || o.count(t) != 2 || o.has(job.Done) || o.has(".ran") {
				t.Errorf("%d scripts ran, %d have an outcome, .done %t, hook %t", n, o.count(t), o.has(job.Done), o.has(".ran"))
			}
			if a := o.audit(t); a.Torn != nil || len(a.InFlight) > 0 {
				t.Errorf("the record is not closed: %+v", a)
			}
			o.wantNothingLeft(t)
			o.said = new(log)
			o.Log = o.said.add
			o.goesOn(t)
		})
	}
}

// goesOn has another worker go on, with a master that lives.
func (o *orphans) goesOn(t *testing.T) {
	t.Helper()
	r := o.run(t.Context())
	o.until(t, r)
	if r.err != nil || r.mark.Outcomes != 6 {
		t.Errorf("%+v, %v\n%s", r.mark, r.err, o.said)
	}
	o.wantEachOnce(t)
	if n := o.fleetRan(o.addrs); n != 6 {
		t.Errorf("the script ran %d times", n)
	}
}

func TestAWorkerWhoseMasterIsSeenAgainGoesOn(t *testing.T) {
	t.Parallel()
	o := newOrphans(t, 6, 10*time.Second)
	r := o.begin(t.Context(), t)
	o.awaitWord(t, "nothing new is begun until it does")
	o.write(t, "go", "")
	await(t.Context(), t, func() bool { return o.count(t) == 2 })
	if n := o.fleetRan(o.addrs); n != 2 {
		t.Errorf("%d scripts ran without the master", n)
	}
	o.until(t, r)
	if r.err != nil || r.mark.Outcomes != 6 || !o.has(job.Done) {
		t.Errorf("%+v, %v\n%s", r.mark, r.err, o.said)
	}
	if !strings.Contains(o.said.String(), "the master gives signs again") {
		t.Errorf("it said %q", o.said)
	}
	o.wantEachOnce(t)
}

// TestTheLastTargetsNeedNoMaster has nothing left to begin when the master is
// lost: what runs comes to its end in the time of grace, and so does the chunk.
func TestTheLastTargetsNeedNoMaster(t *testing.T) {
	t.Parallel()
	o := newOrphans(t, 2, 500*time.Millisecond)
	r := o.begin(t.Context(), t)
	o.awaitWord(t, "what runs has 1h")
	o.write(t, "go", "")
	<-r.ended
	if r.err != nil || r.mark.Outcomes != 2 || !o.has(job.Done) || !o.has(".ran") {
		t.Errorf("%+v, %v\n%s", r.mark, r.err, o.said)
	}
	o.wantEachOnce(t)
}

// TestAWorkerWithoutItsMasterCanStillBeEnded is told to end while it finishes.
func TestAWorkerWithoutItsMasterCanStillBeEnded(t *testing.T) {
	t.Parallel()
	o := newOrphans(t, 2, 500*time.Millisecond)
	o.Args.PostChunk = o.write(t, "post.sh", "#!/bin/sh\necho ran >>\"$1/.ran\"\nexec sleep 1000\n")
	o.Job.PostChunk.SHA256 = digest(t, o.Args.PostChunk)
	ctx, cancel := context.WithCancelCause(t.Context())
	r := o.begin(ctx, t)
	o.awaitWord(t, "what runs has 1h")
	o.write(t, "go", "")
	await(t.Context(), t, func() bool { return o.has(".ran") })
	told := errors.New("told to end")
	cancel(told)
	<-r.ended
	if !errors.Is(r.err, told) || o.has(job.Done) {
		t.Errorf("%v, .done %t", r.err, o.has(job.Done))
	}
}

// TestWhatRunsTooLongIsCutWithoutTheMaster has no outcome then, and runs again.
func TestWhatRunsTooLongIsCutWithoutTheMaster(t *testing.T) {
	t.Parallel()
	o := newOrphans(t, 2, 500*time.Millisecond)
	o.Grace = time.Millisecond
	r := o.begin(t.Context(), t)
	<-r.ended
	if a := o.audit(t); !errors.Is(r.err, errMasterLost) || a.Seen.Count() != 0 || len(a.InFlight) != 2 || o.has(job.Done) {
		t.Errorf("%v; %+v", r.err, a)
	}
	o.wantNothingLeft(t)
}
