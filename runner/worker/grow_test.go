package worker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// growing is a grower of four CPUs, under a limit of open files, whose process uses
// half of them.
func growing(first, most int, openFiles uint64) (*grower, *log) {
	said := new(log)
	began := time.Now()
	g := &grower{
		most: most, cpus: 4, log: said.add, sized: func(int) {},
		spent: func() time.Duration { return 2 * time.Since(began) },
		size: func(jobs int) size {
			working, silent := bounds(jobs, openFiles)
			return size{working, silent}
		},
	}
	g.slots = newGrowing(g.size(first), size{most, perJob * most})
	return g, said
}

// fill takes all places that there are.
func fill(t *testing.T, s *slots) (taken []*slot) {
	t.Helper()
	for !s.taken() {
		p := mustTake(t, s)
		if err := p.heard(t.Context()); err != nil {
			t.Fatal(err)
		}
		taken = append(taken, p)
	}
	return taken
}

func TestThereAreMoreWhileAllAreTakenAndTheCPUsHaveTime(t *testing.T) {
	g, said := growing(4, 20, 1<<20)
	var sizes []int
	g.sized = func(jobs int) { sizes = append(sizes, jobs) }
	var taken []*slot
	for i, step := range []struct {
		full bool
		busy float64
		want int
	}{
		{false, 0.1, 4}, {true, 0.1, 6}, {false, 0.1, 6}, {true, 0.7, 6}, {true, 0.69, 9},
		{true, 0, 13}, {true, 0, 19}, {true, 0, 20}, {true, 0, 20},
	} {
		if step.full {
			taken = append(taken, fill(t, g.slots)...)
		}
		if g.look(step.busy); g.slots.size != (size{step.want, perJob * step.want}) {
			t.Fatalf("step %d: %+v, want %d", i, g.slots.size, step.want)
		}
	}
	if len(taken) != 20 || !slices.Equal(sizes, []int{6, 9, 13, 19, 20}) {
		t.Errorf("%d have a place; it was told of %d", len(taken), sizes)
	}
	if want := "takes 6 targets at a time from now on: all 4 were in use, and 10% of the CPUs\n"; !strings.HasPrefix(said.String(), want) {
		t.Errorf("it says %s", said)
	}
	for _, p := range taken {
		p.free()
	}
}

func TestItIsLookedOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, said := growing(2, 8, 1<<20)
		began, grown := time.Now(), make(chan int)
		g.sized = func(jobs int) { grown <- jobs }
		stop := g.start()
		var taken []*slot
		for i, want := range []int{3, 4, 6, 8} {
			taken = append(taken, fill(t, g.slots)...)
			if got, after := <-grown, time.Since(began); got != want || after != time.Duration(i+1)*growEvery {
				t.Errorf("%d after %v, want %d", got, after, want)
			}
		}
		time.Sleep(time.Minute)
		stop()
		if n := strings.Count(said.String(), "and 50% of the CPUs\n"); n != 4 {
			t.Errorf("it says\n%s", said)
		}
		for _, p := range taken {
			p.free()
		}
	})
}

// TestFewFilesLeaveFewerBeforeTheirBanner has so few files that more who work leave
// less for those that are before their banner: only when these have gone there are
// more.
func TestFewFilesLeaveFewerBeforeTheirBanner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := growing(8, 12, reserve+36)
		if now := g.slots.size; now != (size{8, 20}) {
			t.Fatalf("begins with %+v", now)
		}
		var mute []*slot
		for range 17 {
			mute = append(mute, mustTake(t, g.slots))
			time.Sleep(patience)
		}
		var working []*slot
		for range 3 {
			working = append(working, mustTake(t, g.slots))
		}
		if g.look(0); g.slots.size != (size{8, 20}) {
			t.Errorf("%+v, while all places before the banner are taken", g.slots.size)
		}
		for _, p := range mute[:8] {
			p.free()
		}
		for len(working) < 8 {
			p := mustTake(t, g.slots)
			working = append(working, p)
		}
		for _, p := range working {
			if err := p.heard(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if g.look(0); g.slots.size != (size{12, 12}) {
			t.Errorf("%+v, want 12 each", g.slots.size)
		}
		for _, p := range append(mute[8:], working...) {
			p.free()
		}
		for range 12 {
			if p, err := g.slots.take(t.Context()); err != nil || p.heard(t.Context()) != nil {
				t.Fatal(err)
			}
		}
		if !g.slots.taken() {
			t.Error("more than 12 have a place")
		}
	})
}

func TestWithoutAGrowerThereIsNothingToStop(t *testing.T) {
	var none *grower
	none.start()()
}

func TestTheCPUTimeThatWasUsedIsKnown(t *testing.T) {
	before := cpuTime()
	for began := time.Now(); time.Since(began) < 30*time.Millisecond; {
		_ = fmt.Sprint(began)
	}
	if used := cpuTime() - before; used <= 0 {
		t.Errorf("it has used %v", used)
	}
}
