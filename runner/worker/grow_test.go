package worker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// growing is a grower of four CPUs, under a limit of open files, whose process has
// used its CPUs for a part of the time, busy.
func growing(first, most int, openFiles uint64, busy *float64) (*grower, *log) {
	said := new(log)
	g := &grower{
		most: most, cpus: 4, log: said.add, sized: func(int) {},
		size: func(jobs int) size {
			working, silent := bounds(jobs, openFiles)
			return size{working, silent}
		},
	}
	began, used := time.Now(), time.Duration(0)
	g.spent = func() time.Duration {
		used += time.Duration(*busy * 4 * float64(time.Since(began)))
		began = time.Now()
		return used
	}
	g.slots = newGrowing(g.size(first), size{most, perJob * most})
	return g, said
}

func TestThereAreMoreOnceASecondWhileAllAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := 0.1
		g, said := growing(4, 20, 1<<20, &busy)
		var sizes []int
		g.sized = func(jobs int) { sizes = append(sizes, jobs) }
		defer g.start()()
		var taken []*slot
		step := func(want int) {
			t.Helper()
			time.Sleep(growEvery)
			synctest.Wait()
			if now := g.slots.size; now.working != want || now.silent != perJob*want {
				t.Fatalf("%+v, want %d", now, want)
			}
		}
		step(4) // nobody is there
		fill := func() {
			for !g.slots.taken() {
				p := mustTake(t, g.slots)
				if err := p.heard(t.Context()); err != nil {
					t.Fatal(err)
				}
				taken = append(taken, p)
			}
		}
		fill()
		step(6)
		step(6) // not all of these are taken
		fill()
		busy = 0.7
		step(6) // and the CPUs have no time
		busy = 0.69
		step(9)
		for _, want := range []int{13, 19, 20} {
			fill()
			step(want)
		}
		fill()
		step(20)
		if len(taken) != 20 || !slices.Equal(sizes, []int{6, 9, 13, 19, 20}) {
			t.Errorf("%d have a place; it was told of %d", len(taken), sizes)
		}
		if want := "takes 6 targets at a time from now on: all 4 were in use, and 10% of the CPUs\n"; !strings.HasPrefix(said.String(), want) {
			t.Errorf("it says %s", said)
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
		busy := 0.0
		g, _ := growing(8, 12, reserve+36, &busy)
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
