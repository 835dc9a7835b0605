package worker

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/remote"
)

// toOne is a queue of so many names of one address, and one of another.
func toOne(names int) *queue {
	var lines strings.Builder
	for i := range names {
		fmt.Fprintf(&lines, "a%d 10.0.0.1:22\n", i)
	}
	lines.WriteString("b 10.0.0.1:2222\n")
	q := newQueue(chunk.NewReader(strings.NewReader(lines.String())), 1000)
	q.address = (&pipeline{access: &access{routes: new(routes)}}).address
	return q
}

// take takes all whose turn it is now.
func take(t *testing.T, q *queue) (all []trial) {
	t.Helper()
	for {
		got, wait, err := q.pick(time.Now())
		if wait > 0 || errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, got)
	}
}

// drop hands a target back that was dropped.
func drop(q *queue, got trial, pause time.Duration) {
	q.dropped(&got, pause)
	got.tries++
	q.again(got, pause)
}

// succeed has the handshake with a target be one, and all of it be over.
func succeed(q *queue, got trial) {
	q.shaken(&got, true)
	q.done(got)
}

func TestAnAddressThatDropsIsSpared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := toOne(20)
		all := take(t, q)
		if len(all) != 21 || q.spares() {
			t.Fatalf("%d at once, want all 21", len(all))
		}
		drop(q, all[0], time.Second) // of 20: 10 may be
		for _, got := range all[1:16] {
			drop(q, got, time.Second) // and 5, 2, 1
		}
		if !q.spares() {
			t.Error("nobody is spared")
		}
		for _, got := range all[16:20] {
			succeed(q, got) // and 2 to 5 with these
		}
		q.done(all[20])
		if early := take(t, q); len(early) != 0 {
			t.Errorf("%s comes within the pause", early[0].target.Host)
		}
		time.Sleep(time.Second)
		for _, want := range []int{5, 6} {
			now := take(t, q)
			if len(now) != want {
				t.Fatalf("%d at a time, want %d", len(now), want)
			}
			succeed(q, now[0]) // one more, beside the one in its place
			if next := take(t, q); len(next) != 2 {
				t.Errorf("%d come for one that succeeded", len(next))
			} else {
				now = append(now[1:], next...)
			}
			for _, got := range now {
				q.shaken(&got, false) // a failure is no success
				q.done(got)
			}
			q.addresses.of[netip.MustParseAddrPort("10.0.0.1:22")].most = want + 1
		}
	})
}

func TestWhoHasItsLastTryIsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := toOne(6)
		all := take(t, q)
		for i, got := range all[:6] {
			got.alone = i == 2
			drop(q, got, time.Second)
		}
		q.done(all[6])
		q.addresses.of[all[0].at].most = 4
		time.Sleep(time.Second)
		var came []string
		for now := take(t, q); len(now) > 0; now = take(t, q) {
			for _, got := range now {
				if got.alone && len(now) != 1 {
					t.Errorf("%s, which has its last try, is one of %d", got.target.Host, len(now))
				}
				came = append(came, got.target.Host)
			}
			for _, got := range now {
				q.done(got)
			}
		}
		if len(came) != 6 {
			t.Errorf("came %q", came)
		}
	})
}

// TestWhoIsDroppedInItsLastTryLeavesTheAddressToOthers hands one back that had the
// address alone, and is told meanwhile that there is no next try: others waited.
func TestWhoIsDroppedInItsLastTryLeavesTheAddressToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := toOne(6)
		all := take(t, q)
		for i, got := range all[:6] {
			got.alone = i == 0
			drop(q, got, time.Duration(i+1)*time.Millisecond)
		}
		q.done(all[6])
		time.Sleep(time.Second)
		came := 0
		for now := take(t, q); len(now) > 0; now = take(t, q) {
			for _, got := range now {
				came++
				if got.alone {
					got.alone = false
					q.dropped(&got, time.Nanosecond)
				}
				q.done(got)
			}
			time.Sleep(time.Second)
		}
		if came != 6 {
			t.Errorf("%d of 6 came, and %d wait for ever", came, q.addresses.aside())
		}
	})
}

// TestWhoWaitsForAnAddressDoesNotHoldBackOthers: those aside hold no place in their
// subnet.
func TestWhoWaitsForAnAddressDoesNotHoldBackOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := toOne(4)
		q.subnets = newSubnets(2)
		first := take(t, q)
		if len(first) != 2 {
			t.Fatalf("%d of the subnet in hand", len(first))
		}
		drop(q, first[0], time.Minute)
		drop(q, first[1], time.Minute)
		now := take(t, q) // those that had got their places before
		for _, got := range now {
			drop(q, got, time.Minute)
		}
		if now = take(t, q); len(now) != 1 || now[0].target.Host != "b" {
			t.Fatalf("%d come beside those that wait for an address", len(now))
		}
		q.done(now[0])
		time.Sleep(2 * time.Minute)
		for range 4 {
			if now = take(t, q); len(now) != 1 {
				t.Fatalf("%d at a time of one that has dropped all", len(now))
			}
			q.done(now[0]) // which is no success
		}
		if _, err := q.next(t.Context()); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

// TestASmallServerIsNotKnockedOver has 60 names of a server that drops each
// connection beyond so many by chance, as MaxStartups 3:50:6 does, and each beyond
// six: all get in within their tries.
func TestASmallServerIsNotKnockedOver(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			q := toOne(60)
			done, startups := 0, 0
			for {
				got, err := q.next(t.Context())
				if errors.Is(err, io.EOF) {
					break
				}
				q.mu.Lock()
				full := rand.Float64() < 0.5+0.5*float64(startups-3)/3 && startups >= 3
				if !full {
					startups++
				}
				q.mu.Unlock()
				go func() {
					if !full {
						time.Sleep(50 * time.Millisecond)
						q.mu.Lock()
						startups--
						done++
						q.mu.Unlock()
						succeed(q, got)
						return
					}
					time.Sleep(time.Millisecond)
					if got.tries == remote.DropTries {
						t.Errorf("%s has no try left", got.target.Host)
						q.done(got)
						return
					}
					got.alone = got.tries+1 == remote.DropTries
					drop(q, got, remote.Pause(got.tries+1, rand.Float64()))
				}()
			}
			if done != 61 {
				t.Errorf("%d of 61 got in", done)
			}
		})
	}
}

// TestFewAddressesAreRemembered holds that memory is bounded where all drop.
func TestFewAddressesAreRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := toOne(0)
		for i := range 4 * maxSpared {
			got := trial{at: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 22)}
			if !q.found(&got) {
				t.Fatal("it may not")
			}
			q.dropped(&got, 500*time.Millisecond)
			q.done(got)
			time.Sleep(time.Millisecond)
		}
		if n := len(q.addresses.of); n > maxSpared+1001 || n != q.addresses.spared {
			t.Errorf("%d are remembered, counted as %d", n, q.addresses.spared)
		}
	})
	q := toOne(3)
	for _, got := range take(t, q) {
		q.done(got)
	}
	if len(q.addresses.of) != 0 {
		t.Errorf("%d that have dropped nobody are remembered", len(q.addresses.of))
	}
}
