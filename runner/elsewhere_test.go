package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
	"scanmaster/runner/share"
)

// bringing is a worker of which something is brought until that is stopped.
func bringing(r *run) *apart {
	p := &apart{distant: &distant{away: &away{worker: plan.Worker{Name: "scan1"}}, run: r, chunk: "xaa"}, ended: make(chan struct{})}
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(context.Background())
	context.AfterFunc(ctx, func() { close(p.ended) })
	return p
}

// isStopped tells that nothing is brought any more.
func isStopped(p *apart) bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// TestWhatAWorkerHasLeftIsBroughtByOneAtATime: two would both write the same at the
// end of a file.
func TestWhatAWorkerHasLeftIsBroughtByOneAtATime(t *testing.T) {
	r := &run{cfg: Config{Reporter: unheard{}}}
	p := bringing(r)
	left := leftBy(p)
	if err := r.catchUp(t.Context(), task{chunk: "xaa", left: left}); err != nil || left.fetched.Load() {
		t.Errorf("%v: want that it can't be fetched, and nobody minds", err)
	}
	if !isStopped(p) {
		t.Error("it is still brought")
	}
	if leftBy(&silent{}) != nil {
		t.Error("of one that can't be asked something is known")
	}
}

// TestAWorkerThatIsLeftBehindHearsNothingMore while it is waited until it begins
// nothing new: the line may come back for a moment.
func TestAWorkerThatIsLeftBehindHearsNothingMore(t *testing.T) {
	r := &run{plan: plan.Plan{Lease: time.Hour}}
	p := bringing(r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.takeFrom(ctx, started{&chunkRun{name: "xaa"}, p}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v: want that the wait has ended", err)
	}
	if !isStopped(p) {
		t.Error("it may hear of its master yet")
	}
}

// TestAFaultHereIsNoReasonToRunAScriptAgain, whatever the scan says of those whose
// fate is unknown: the host has what it had.
func TestAFaultHereIsNoReasonToRunAScriptAgain(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "hosts_ok", Err: syscall.ENOSPC}
	for name, c := range map[string]struct {
		err    error
		report bool
		want   string // empty where others go on
	}{
		"a full disk":            {err: fmt.Errorf("fetch: %w", full), want: "can't be brought here, and would run again"},
		"a name here":            {err: &os.LinkError{Op: "rename", Err: syscall.EIO}, want: "can't be brought here"},
		"a line that is down":    {err: &remote.Error{Kind: remote.KindLost, Err: errors.New("gone")}},
		"what is gone there":     {err: &remote.Error{Kind: remote.KindDenied, Err: full}},
		"a host that says no":    {err: errors.New("no hasher")},
		"what must not run more": {err: errors.New("no hasher"), report: true, want: "nothing may run twice"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &run{cfg: Config{Reporter: unheard{}}}
			if c.report {
				r.plan.Job.OnUnknown = job.Report
			}
			err := r.unfetched(task{chunk: "xaa", left: &elsewhere{worker: plan.Worker{Name: "scan1"}}}, c.err)
			left := new(unfetchedError)
			if errors.As(err, &left) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: want %q", err, c.want)
			}
		})
	}
}

// TestWhatWasBroughtWithItsEndIsNotLookedForElsewhere: the folder there may be gone,
// and the last master had not written down that all is here.
func TestWhatWasBroughtWithItsEndIsNotLookedForElsewhere(t *testing.T) {
	path := t.TempDir()
	prefix, err := share.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer prefix.Close()
	c := &chunkRun{name: "xaa"}
	c.classic.Store(true) // one whose word needs no record
	r := &run{prefix: prefix, chunks: []*chunkRun{c}}
	r.plan.Summary.Trust.Targets = hostKeysOff
	d := &distant{run: r, chunk: "xaa"}
	if _, works := r.orphanApart(d, host.Sign{State: host.Ended}); works {
		t.Error("one that has ended works")
	}
	if err := os.MkdirAll(path+"/202611250335.xaa", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+"/202611250335.xaa/.done", []byte("done\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, works := r.orphanApart(d, host.Sign{State: host.Ended}); !works || p != post(d) {
		t.Error("one that has finished would be done again")
	}
}
