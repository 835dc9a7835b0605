package worker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

// leaseIn makes a lease of ten seconds by the bubble's clock.
func leaseIn(t *testing.T, renewal func() error) *lease {
	t.Helper()
	began := time.Now()
	l := newLease(10*time.Second, renewal, func(error) {})
	l.clock = func() time.Duration { return time.Since(began) }
	return l
}

func TestALeaseIsHeldAsLongAsItIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var renewals atomic.Int64
		l := leaseIn(t, func() error { renewals.Add(1); return nil })
		l.start()
		for range 100 {
			if err := l.held(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		n := renewals.Load()
		if n < 100 || n > 105 {
			t.Errorf("%d renewals in 100 s", n)
		}
		l.close(true)
		if renewals.Load() == n {
			t.Error("there is none at the end")
		}
	})
}

// TestALeaseThatCannotBeRenewedIsWaitedFor fails, and hangs.
func TestALeaseThatCannotBeRenewedIsWaitedFor(t *testing.T) {
	for name, bad := range map[string]func(until <-chan struct{}) error{
		"fails": func(<-chan struct{}) error { return errors.New("no share") },
		"hangs": func(until <-chan struct{}) error { <-until; return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var isBad atomic.Bool
				var renewals atomic.Int64
				until := make(chan struct{})
				l := leaseIn(t, func() error {
					renewals.Add(1)
					if isBad.Load() {
						return bad(until)
					}
					return nil
				})
				l.start()
				if err := l.held(t.Context()); err != nil {
					t.Fatal(err)
				}
				isBad.Store(true)
				time.Sleep(3 * time.Second)
				if err := l.held(t.Context()); err != nil {
					t.Error("it is fresh still, and", err)
				}
				held := make(chan error, 1)
				time.Sleep(2 * time.Second)
				go func() { held <- l.held(t.Context()) }()
				time.Sleep(time.Hour)
				if len(held) > 0 {
					t.Error("it counts as held")
				}
				if n := renewals.Load(); n > 3700 {
					t.Errorf("%d renewals in an hour", n)
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				told := errors.New("told to end")
				cancel(told)
				if err := l.held(ctx); !errors.Is(err, told) {
					t.Errorf("who is told to end gets %v", err)
				}
				isBad.Store(false)
				close(until)
				if err := <-held; err != nil {
					t.Error(err)
				}
				l.close(false)
			})
		})
	}
}

func TestARenewalThatHangsDoesNotHoldTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until := make(chan struct{})
		l := leaseIn(t, func() error { <-until; return nil })
		l.start()
		began := time.Now()
		l.close(true)
		if took := time.Since(began); took != renewalPatience {
			t.Errorf("it took %v", took)
		}
		close(until)
	})
}

func TestAConfirmedLeaseWasRenewedSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var renewals atomic.Int64
		l := leaseIn(t, func() error {
			time.Sleep(100 * time.Millisecond)
			renewals.Add(1)
			return nil
		})
		l.start()
		if err := l.held(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			time.Sleep(70 * time.Millisecond) // sometimes one is under way
			asked := l.clock()
			if err := l.confirm(t.Context()); err != nil {
				t.Fatal(err)
			}
			if l.good < asked {
				t.Errorf("renewed at %v, asked at %v", l.good, asked)
			}
		}
		l.close(false)
		time.Sleep(time.Minute)
		if err := l.still(func() error { return nil }); err == nil {
			t.Error("a lease that was renewed a minute ago is fresh")
		}
	})
}

// taken renames the worker's folder, as who takes its chunk does, and gives the
// new path.
func (s *scene) taken(t *testing.T) string {
	t.Helper()
	path := filepath.Join(s.prefix(), ".taken-xab")
	if err := os.Rename(s.folder(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAWorkerWhoseChunkIsTakenStopsAtOnce also has another one's folder in its
// place.
func TestAWorkerWhoseChunkIsTakenStopsAtOnce(t *testing.T) {
	t.Parallel()
	for _, another := range []bool{false, true} {
		s := newScene(t)
		at := s.add(t, "busy", fleet.Behaviour{Kind: fleet.NeverEnds})
		s.add(t, "mute", fleet.Behaviour{Kind: fleet.Mute})
		s.Grace = time.Hour
		s.staged(t)
		ended := make(chan error, 1)
		go func() {
			_, err := Run(t.Context(), s.Config)
			ended <- err
		}()
		await(t.Context(), t, func() bool { return s.fleet.Executions(at) == 1 })
		path := s.taken(t)
		if another {
			if err := os.Mkdir(s.folder(), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-ended; !errors.Is(err, errTaken) || !strings.Contains(err.Error(), s.folder()) || strings.Count(err.Error(), "taken") > 1 {
			t.Errorf("got %v", err)
		}
		for _, name := range []string{job.Done, job.Ended} {
			if _, err := os.Stat(filepath.Join(path, name)); err == nil {
				t.Errorf("there is %s", name)
			}
		}
		if left, err := os.ReadDir(s.folder()); another && (err != nil || len(left) > 0) {
			t.Errorf("in the other folder there are %v, %v", left, err)
		}
		s.wantNothingLeft(t)
	}
}

// TestAWorkerWhoseWordIsGoneStopsAtOnce has its chunk taken on a share that
// knows files by their paths alone: the folder in place of its own looks the
// same, and its word is not in it, or another one's is.
func TestAWorkerWhoseWordIsGoneStopsAtOnce(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(path string) error{
		"nobody's":  os.Remove,
		"another's": func(path string) error { return os.WriteFile(path, []byte("another"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			at := s.add(t, "busy", fleet.Behaviour{Kind: fleet.NeverEnds})
			s.Grace = time.Hour
			s.staged(t)
			ended := make(chan error, 1)
			go func() {
				_, err := Run(t.Context(), s.Config)
				ended <- err
			}()
			await(t.Context(), t, func() bool { return s.fleet.Executions(at) == 1 })
			if err := take(filepath.Join(s.folder(), job.Holder)); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; !errors.Is(err, errTaken) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(filepath.Join(s.folder(), job.Done)); err == nil {
				t.Error("there is .done")
			}
		})
	}
}

// TestDoneIsOnlyLeftInTheChunksOwnFolder has the chunk taken by its hook.
func TestDoneIsOnlyLeftInTheChunksOwnFolder(t *testing.T) {
	s, _ := ready(t)
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\nmv \"$1\" \"$1/../.taken-xab\"\n")
	s.staged(t)
	if _, err := Run(t.Context(), s.Config); !errors.Is(err, errTaken) {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{job.Done, job.Ended} {
		if _, err := os.Stat(filepath.Join(s.prefix(), ".taken-xab", name)); err == nil {
			t.Errorf("there is %s", name)
		}
	}
}
