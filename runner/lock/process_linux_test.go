package lock

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestWhatCanBeSeenOfAnOwner(t *testing.T) {
	self, err := Self("r1")
	if err != nil {
		t.Fatal(err)
	}
	if self.Boot == "" || self.PIDNS == "" || self.Start == "" {
		t.Fatalf("this process is %+v", self)
	}
	self.Machine, self.PIDNS = "m1", initialPIDNS
	for _, tt := range []struct {
		name         string
		change       func(*Owner)
		alive, known bool
	}{
		{"itself", func(*Owner) {}, true, true},
		{"a host that was renamed", func(o *Owner) { o.Host = "x" }, true, true},
		{"a process id used again", func(o *Owner) { o.Start += "0" }, false, true},
		{"no such process", func(o *Owner) { o.PID = 1 << 30 }, false, true},
		{"a host that was started again", func(o *Owner) { o.Boot = "x" }, false, true},
		{"another host of this name", func(o *Owner) { o.Boot, o.Machine = "x", "m2" }, false, false},
		{"another host from the same image", func(o *Owner) { o.Boot, o.Host = "x", "h2" }, false, false},
		{"a container", func(o *Owner) { o.PIDNS = "pid:[1]" }, false, false},
		{"a host that tells nothing", func(o *Owner) { o.Boot, o.PIDNS, o.Start = "", "", "" }, false, false},
		{"no process", func(o *Owner) { o.PID = -1 }, false, false},
	} {
		other := self
		tt.change(&other)
		if alive, known := self.sees(other); alive != tt.alive || known != tt.known {
			t.Errorf("%s: alive %v, known %v; want %v, %v", tt.name, alive, known, tt.alive, tt.known)
		}
	}
}

func TestAContainerThatMovedIsNotDead(t *testing.T) {
	self := Owner{Host: "h", Machine: "m", Boot: "b1", PIDNS: "pid:[7]", PID: 1, Start: "1"}
	other := self
	other.Boot = "b2"
	if alive, known := self.sees(other); alive || known {
		t.Errorf("alive %v, known %v; want neither", alive, known)
	}
}

func TestALivingOwnersLockIsHeld(t *testing.T) {
	dir, _ := open(t)
	c := config(t, dir)
	take(t, c)
	held := wantHeld(t, c)
	if held.Owner.Run != "ours" || !strings.Contains(held.Error(), "held by run ours, process ") || !strings.HasSuffix(held.Error(), ": its process is there") {
		t.Errorf("got %v", held)
	}
}

func TestTheLockOfAKilledProcessIsTakenAtOnce(t *testing.T) {
	dir, path := open(t)
	p := holding(t, path, time.Hour)
	p.signal(t, syscall.SIGKILL)
	// Its parent, this test, hasn't waited for it: it is a zombie for a while,
	// and until then the kill may not have been carried out.
	c := config(t, dir)
	for {
		if state, err := readProcess(p.cmd.Process.Pid); err != nil || state.ended {
			break
		}
		time.Sleep(time.Millisecond)
	}
	l := take(t, c)
	if dead := l.TookOver(); dead == nil || dead.PID != p.cmd.Process.Pid || dead.Run != "theirs" {
		t.Errorf("TookOver gave %v", dead)
	}
}

func TestTheLockOfAProcessThatEndedWellIsFree(t *testing.T) {
	dir, path := open(t)
	p := holding(t, path, time.Hour)
	if err := p.stop.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if l := take(t, config(t, dir)); l.TookOver() != nil {
		t.Errorf("TookOver gave %v", l.TookOver())
	}
}

func TestAStoppedProcessKeepsItsLock(t *testing.T) {
	const lease = 200 * time.Millisecond
	dir, path := open(t)
	p := holding(t, path, lease)
	p.signal(t, syscall.SIGSTOP)
	time.Sleep(2 * lease)
	c := config(t, dir)
	c.Lease = lease
	if held := wantHeld(t, c); held.Owner.PID != p.cmd.Process.Pid {
		t.Errorf("held by %v", held.Owner)
	}
	p.signal(t, syscall.SIGCONT)
	for { // until the lease that lapsed is taken again
		highest, err := files{dir}.highest()
		if err != nil {
			t.Fatal(err)
		}
		if highest > 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	_ = wantHeld(t, c)
}

func TestOfManyProcessesExactlyOneTakesADeadLock(t *testing.T) {
	dir, path := open(t)
	dead := config(t, dir).Self
	dead.Start = "0"
	put(t, path, 1, dead)
	var all [10]*other
	var ready [len(all)]func()
	for i := range all {
		all[i], ready[i] = startOther(t, path, time.Hour)
	}
	taken := 0
	for i, p := range all {
		switch ready[i](); {
		case p.said == "taken":
			taken++
		case !strings.HasPrefix(p.said, "held by run theirs, "):
			t.Errorf("a process said %q", p.said)
		}
	}
	if taken != 1 {
		t.Errorf("%d processes have the lock", taken)
	}
}

func TestAProcessWhoseNameHoldsAnythingIsRead(t *testing.T) {
	p, err := readProcess(os.Getpid())
	if err != nil || p.ended || p.start == "" {
		t.Errorf("this process is %+v, %v", p, err)
	}
	want := process{start: "99", ended: true}
	got, err := parseProcess([]byte("5 (a) Z (b) c) Z 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 0 0"))
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if _, err := parseProcess([]byte("5 (a) R 1")); err == nil {
		t.Error("half a line was taken for a whole one")
	}
}
