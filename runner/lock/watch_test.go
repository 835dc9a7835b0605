package lock

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// faraway is an owner on another host.
var faraway = Owner{Host: "scan9", PID: 4711, User: "ann", Since: time.Date(2025, 11, 25, 2, 39, 0, 0, time.UTC), Run: "r9"}

func TestAnOwnerThatCantBeAskedIsDeadAfterALeaseWithoutAHeartbeat(t *testing.T) {
	for name, content := range map[string]any{
		"another host":   faraway,
		"being made":     "",
		"no JSON":        "\x00\x1b[31m",
		"no owner":       "{}",
		"another type":   `{"pid": "x"}`,
		"a negative pid": `{"pid": -1}`,
		"far too long":   `{"pid": 1, "host": "` + strings.Repeat("x", maxContent) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir, path := open(t)
				put(t, path, 7, content)
				var waited []time.Duration
				c := config(t, dir)
				c.Waiting = func(_ Owner, d time.Duration) { waited = append(waited, d) }
				began := time.Now()
				l := take(t, c)
				if took := time.Since(began); took < c.Lease || took > c.Lease+c.Lease/looks {
					t.Errorf("taken after %v; want the lease of %v, and a look", took, c.Lease)
				}
				if len(waited) != 1 || waited[0] != c.Lease {
					t.Errorf("Waiting heard of %v; want the lease once", waited)
				}
				var want Owner
				if o, ok := content.(Owner); ok {
					want = o
				}
				if l.TookOver() == nil || *l.TookOver() != want {
					t.Errorf("TookOver gave %v, want %v", l.TookOver(), want)
				}
				if err := l.Release(); err != nil {
					t.Error(err)
				}
				if got := there(t, path); got != ".lock.8" {
					t.Errorf("the folder holds %s", got)
				}
			})
		})
	}
}

func TestAnOwnerWhoseHeartbeatGoesOnIsAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		put(t, path, 7, faraway)
		c := config(t, dir)
		time.AfterFunc(c.Lease-time.Second, func() {
			beat := faraway
			beat.Beat++
			put(t, path, 7, beat)
		})
		held := wantHeld(t, c)
		if held.Owner.Beat != 1 || held.Why != "its heartbeat goes on" {
			t.Errorf("got %v", held)
		}
	})
}

func TestOurOwnHeartbeatIsEnoughForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, _ := open(t)
		c := unasked(config(t, dir))
		l := take(t, c)
		time.Sleep(10 * c.Lease)
		_ = wantHeld(t, c)
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestALockThatIsReleasedWhileItIsWatchedIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		put(t, path, 7, faraway)
		c := config(t, dir)
		time.AfterFunc(c.Lease/2, func() { put(t, path, 7, content{Owner: faraway, Released: true}) })
		l := take(t, c)
		if l.TookOver() != nil {
			t.Errorf("TookOver gave %v", l.TookOver())
		}
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestALockThatSomebodyElseTakesOverIsWatchedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, path := open(t)
		put(t, path, 7, faraway)
		c := config(t, dir)
		began := time.Now()
		time.AfterFunc(c.Lease/2, func() { put(t, path, 8, faraway) })
		l := take(t, c)
		if took := time.Since(began); took < c.Lease+c.Lease/2 {
			t.Errorf("taken after %v; the new owner had no lease", took)
		}
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
	})
}
