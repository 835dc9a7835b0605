package lock

import (
	"testing"
	"time"
)

func TestWhoHoldsALockIsSeenWithoutTakingIt(t *testing.T) {
	dir, path := open(t)
	look := func(held bool, run string, life Life) Holding {
		t.Helper()
		h, err := Holder(dir)
		if err != nil {
			t.Fatal(err)
		}
		if h.Held != held || h.Owner.Run != run || h.Life != life {
			t.Errorf("%+v; want %v, %s, %s", h, held, run, life)
		}
		return h
	}
	look(false, "", "")
	other := holding(t, path, time.Minute)
	want := Alive
	if c := config(t, dir); c.Self.Start == "" {
		want = Unknown // this system doesn't tell
	}
	before := look(true, "theirs", want)
	if again := look(true, "theirs", want); again.Beat != before.Beat {
		t.Errorf("the heartbeat went from %s to %s", before.Beat, again.Beat)
	}
	if err := other.stop.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	look(false, "theirs", "")
	put(t, path, 7, faraway)
	first := look(true, faraway.Run, Unknown)
	beats := faraway
	beats.Beat++
	put(t, path, 7, beats)
	if second := look(true, faraway.Run, Unknown); second.Beat == first.Beat {
		t.Error("the heartbeat is not seen")
	}
	put(t, path, 8, "damaged")
	look(true, "", Unknown)
	if got := there(t, path); got != ".lock.2 .lock.7 .lock.8" && got != ".lock.1 .lock.7 .lock.8" {
		t.Errorf("the folder holds %s", got)
	}
}

func TestADeadOwnerIsSeenAtOnce(t *testing.T) {
	dir, path := open(t)
	if c := config(t, dir); c.Self.Start == "" {
		return // this system doesn't tell
	}
	other := holding(t, path, time.Minute)
	if err := other.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.cmd.Wait() // it was killed
	if h, err := Holder(dir); err != nil || !h.Held || h.Life != Dead {
		t.Errorf("%+v, %v; want a dead owner", h, err)
	}
}
