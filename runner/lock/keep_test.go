package lock

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func isLost(l *Lock) bool {
	select {
	case <-l.Lost():
		return true
	default:
		return false
	}
}

func TestALockThatAnotherTookIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		c := config(t, dir)
		l := take(t, c)
		put(t, path, 2, faraway)
		time.Sleep(c.Lease/beats + time.Second)
		if !isLost(l) {
			t.Fatal("the lock isn't lost")
		}
		want := "the lock was taken over by run r9, process 4711 of ann on scan9, since 2025-11-25 02:39:00"
		if l.Err() == nil || l.Err().Error() != want {
			t.Errorf("Err gave %v, want %s", l.Err(), want)
		}
		if err := l.Release(); err != nil {
			t.Errorf("Release gave %v; there was nothing to release", err)
		}
		top, err := files{dir}.top()
		if err != nil || top.number != 2 || top.content.Owner != faraway || top.content.Released {
			t.Errorf("the other's lock is now %+v, %v", top, err)
		}
	})
}

func TestALockWhoseHeartbeatCantBeWrittenIsLostAfterALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		c := config(t, dir)
		l := take(t, c)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		time.Sleep(c.Lease - time.Second)
		if isLost(l) {
			t.Fatal("the lock is lost before the lease is over")
		}
		time.Sleep(2 * time.Second)
		if !isLost(l) {
			t.Fatal("the lock isn't lost")
		}
		if text := l.Err().Error(); !strings.HasPrefix(text, "the heartbeat could not be written for 1m0s: ") || !errors.Is(l.Err(), os.ErrNotExist) {
			t.Errorf("Err gave %s", text)
		}
		if err := l.Release(); err != nil {
			t.Errorf("Release gave %v; there was nothing to release", err)
		}
	})
}

func TestALockWhoseHeartbeatIsWrittenAgainIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		c := config(t, dir)
		l := take(t, c)
		time.Sleep(time.Second) // so that no heartbeat comes between
		// A folder in the file's place can't be replaced by rename.
		for range 5 {
			time.Sleep(c.Lease)
			if err := errors.Join(os.Remove(path+"/.lock.1"), os.Mkdir(path+"/.lock.1", 0o700)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(c.Lease / 2)
			if err := os.Remove(path + "/.lock.1"); err != nil {
				t.Fatal(err)
			}
		}
		if isLost(l) {
			t.Errorf("lost: %v", l.Err())
		}
	})
}

// hanging gives a lock whose heartbeat hangs in the file system.
func hanging(t *testing.T) (l *Lock, goOn func()) {
	t.Helper()
	dir, _ := open(t)
	l = take(t, config(t, dir))
	l.stop()
	<-l.ended
	hang := make(chan struct{})
	l.ended = make(chan struct{})
	k := &keeper{lock: l, good: time.Now(), renewed: make(chan error), renew: func(content, bool) error {
		<-hang
		return nil
	}}
	go k.keep(t.Context())
	return l, func() { close(hang) }
}

func TestALockWhoseHeartbeatHangsIsLostAfterALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, goOn := hanging(t)
		time.Sleep(l.lease + time.Second)
		if !isLost(l) || !errors.Is(l.Err(), errSilent) {
			t.Errorf("lost: %v, %v; want %v", isLost(l), l.Err(), errSilent)
		}
		if err := l.Release(); !errors.Is(err, errSilent) {
			t.Errorf("Release gave %v, want %v", err, errSilent)
		}
		goOn()
	})
}

func TestALeaseThatLapsedIsTakenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		c := config(t, dir)
		l := take(t, c)
		l.stop() // as if the process had been stopped for an hour
		<-l.ended
		l.ended = make(chan struct{})
		l.start(time.Now().Add(-time.Hour))
		time.Sleep(time.Second)
		if got := there(t, path); got != ".lock.2" || isLost(l) {
			t.Errorf("lost: %v; the folder holds %s", l.Err(), got)
		}
		time.Sleep(10 * c.Lease)
		if isLost(l) {
			t.Errorf("lost: %v", l.Err())
		}
		if err := l.Release(); err != nil {
			t.Error(err)
		}
		if got := there(t, path); got != ".lock.2" {
			t.Errorf("the folder holds %s", got)
		}
	})
}

func TestALeaseThatLapsedIsLostWhereAnotherTakesItMeanwhile(t *testing.T) {
	dir, path := open(t)
	l := take(t, config(t, dir))
	put(t, path, 3, faraway) // a folder listed before it was there
	if err := l.renew(content{Owner: l.self}, true); !errors.Is(err, ErrTaken) {
		t.Errorf("renew gave %v, want %v", err, ErrTaken)
	}
	if got := there(t, path); got != ".lock.1 .lock.3" {
		t.Errorf("the folder holds %s", got)
	}
}

func TestALockIsReleasedOnce(t *testing.T) {
	dir, _ := open(t)
	c := config(t, dir)
	first := take(t, c)
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	take(t, c)
	if err := first.Release(); err != nil {
		t.Error(err)
	}
	_ = wantHeld(t, c)
	if isLost(first) {
		t.Error("a released lock is lost")
	}
}
