package lock

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"scanmaster/runner/share"
)

func TestAFreeLockIsTaken(t *testing.T) {
	dir, path := open(t)
	l := take(t, config(t, dir))
	if l.TookOver() != nil || l.Err() != nil {
		t.Errorf("TookOver gave %v, Err %v; want neither", l.TookOver(), l.Err())
	}
	top, err := files{dir}.top()
	if err != nil {
		t.Fatal(err)
	}
	if o := top.content.Owner; o.PID != os.Getpid() || o.Run != "ours" || o.User == "" || o.Host == "" || o.Since.IsZero() {
		t.Errorf("the lock names %+v", o)
	}
	if got := there(t, path); got != ".lock.1" {
		t.Errorf("the folder holds %s", got)
	}
}

func TestAReleasedLockIsTakenAtOnce(t *testing.T) {
	dir, path := open(t)
	c := unasked(config(t, dir))
	for range 3 {
		l := take(t, c)
		if l.TookOver() != nil {
			t.Errorf("a released lock was taken over from %v", l.TookOver())
		}
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if got := there(t, path); got != ".lock.3" {
		t.Errorf("the folder holds %s; want the last generation alone", got)
	}
}

func TestTakeEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		put(t, path, 7, faraway)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := Take(ctx, config(t, dir)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Take gave %v", err)
		}
		time.Sleep(time.Hour)
		if got := there(t, path); got != ".lock.7" {
			t.Errorf("the folder holds %s", got)
		}
	})
}

func TestALockThatComesTooLateIsReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		put(t, path, 7, faraway)
		hang := make(chan struct{})
		c := config(t, dir)
		c.Alive = func(Owner) (alive, known bool) { <-hang; return false, true }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := Take(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Take gave %v", err)
		}
		close(hang)
		synctest.Wait()
		time.Sleep(time.Second)
		top, err := files{dir}.top()
		if err != nil || top.number != 8 || !top.content.Released {
			t.Errorf("the lock is %+v, %v; want a released one", top, err)
		}
	})
}

func TestOfManyExactlyOneTakesADeadLock(t *testing.T) {
	dir, path := open(t)
	c := config(t, dir)
	dead := c.Self
	dead.Start = "0"
	c.Alive = func(o Owner) (alive, known bool) { return o.Start != dead.Start, o.PID != 0 }
	for round := range 20 {
		number := uint64(100 * (round + 1))
		put(t, path, number, dead)
		var won, held atomic.Int64
		var group sync.WaitGroup
		begin := make(chan struct{})
		var locks [50]*Lock
		for i := range locks {
			group.Go(func() {
				<-begin
				l, err := Take(t.Context(), c)
				switch locks[i] = l; {
				case l != nil:
					won.Add(1)
				case errors.As(err, new(*HeldError)):
					held.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		close(begin)
		group.Wait()
		if won.Load() != 1 || held.Load() != 49 {
			t.Fatalf("round %d: %d have it and %d were refused", round, won.Load(), held.Load())
		}
		for _, l := range locks {
			if l == nil {
				continue
			}
			if l.TookOver() == nil || l.TookOver().Start != "0" {
				t.Errorf("TookOver gave %v", l.TookOver())
			}
			if err := l.Release(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestWhoeverIsSlowSeesTheHigherGeneration(t *testing.T) {
	dir, path := open(t)
	c := config(t, dir)
	put(t, path, 9, faraway)
	won, err := files{dir}.claim(8, content{Owner: c.Self})
	if won || err != nil {
		t.Errorf("claim gave %v, %v; want neither", won, err)
	}
	if got := there(t, path); got != ".lock.9" {
		t.Errorf("the folder holds %s", got)
	}
}

func TestOnlyGenerationsCount(t *testing.T) {
	dir, path := open(t)
	for _, name := range []string{".lock.x", ".lock.-1", ".lock.0", ".lock.01", ".lock.", "lock.7", ".lock.99999999999999999999", ".lock.18446744073709551615"} {
		if err := os.WriteFile(filepath.Join(path, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if l := take(t, config(t, dir)); l.number != 1 {
		t.Errorf("generation %d was taken, want 1", l.number)
	}
}

func TestALinkIsNoLock(t *testing.T) {
	dir, path := open(t)
	target := filepath.Join(t.TempDir(), "target")
	put(t, filepath.Dir(target), 1, content{Owner: faraway, Released: true})
	if err := os.Symlink(filepath.Join(filepath.Dir(target), fileName(1)), filepath.Join(path, fileName(1))); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(t.Context(), config(t, dir)); !errors.Is(err, share.ErrLink) {
		t.Errorf("Take gave %v, want %v", err, share.ErrLink)
	}
}

func TestAFolderInTheLocksPlaceIsToBeRemoved(t *testing.T) {
	dir, path := open(t)
	if err := os.Mkdir(filepath.Join(path, ".lock.7"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Take(t.Context(), config(t, dir))
	if err == nil || !strings.HasSuffix(err.Error(), ".lock.7: not a plain file or folder; it is none of ours: remove it") {
		t.Errorf("got %v; want the mend", err)
	}
}

func TestAFolderThatIsGoneIsSaid(t *testing.T) {
	dir, path := open(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(t.Context(), config(t, dir)); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "lock: ") {
		t.Errorf("Take gave %v", err)
	}
}

func TestAGenerationThatHasNoNextIsSaid(t *testing.T) {
	dir, path := open(t)
	put(t, path, math.MaxInt64, content{Owner: faraway, Released: true})
	if _, err := Take(t.Context(), config(t, dir)); err == nil || !strings.Contains(err.Error(), ".lock.9223372036854775807") {
		t.Errorf("Take gave %v", err)
	}
}
