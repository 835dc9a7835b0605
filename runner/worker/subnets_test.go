package worker

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"scanmaster/runner/chunk"
)

// inSubnets is a queue of the lines of a list, of which so many of one subnet may
// be in hand.
func inSubnets(lines string, perSubnet, most int) *queue {
	q := newQueue(chunk.NewReader(strings.NewReader(lines)), most)
	p := &pipeline{access: &access{routes: new(routes)}}
	q.address, q.subnets = p.address, newSubnets(perSubnet)
	return q
}

// wantNone makes sure that nobody's turn it is.
func wantNone(t *testing.T, q *queue) {
	t.Helper()
	if got, wait, err := q.pick(time.Now()); err != nil || wait == 0 {
		t.Fatalf("got %s, %v", got.target.Host, err)
	}
}

func TestASubnetIsTheAddressesThatAreNear(t *testing.T) {
	for addr, want := range map[string]string{
		"10.1.2.3": "10.1.2.0/24", "10.1.2.255": "10.1.2.0/24", "::ffff:10.1.2.3": "10.1.2.0/24", "10.1.3.0": "10.1.3.0/24",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:3::": "2001:db8:1:3::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := subnetOf(netip.MustParseAddr(addr)); got.String() != want {
			t.Errorf("%s is in %s, want %s", addr, got, want)
		}
	}
}

func TestAFullSubnetDoesNotHoldBackOthers(t *testing.T) {
	q := inSubnets("a1 10.0.0.1\na2 10.0.0.2:2222\na3 ::ffff:10.0.0.3\na4 10.0.0.4\nb1 10.0.1.1\n-x\nc1 2001:db8::1\nc2 2001:db8::ffff\nc3 2001:db8::3\n", 2, 100)
	var first trial
	for _, want := range []string{"a1", "a2", "b1", "-x", "c1", "c2"} {
		got := mustNext(t, q)
		if got.target.Host != want {
			t.Fatalf("got %s, want %s", got.target.Host, want)
		}
		if want == "a1" {
			first = got
		}
	}
	wantNone(t, q)
	q.done(first)
	third := mustNext(t, q)
	if third.target.Host != "a3" {
		t.Errorf("%s came before a3", third.target.Host)
	}
	wantNone(t, q)
	q.done(third)
	if got := mustNext(t, q); got.target.Host != "a4" {
		t.Errorf("%s came before a4", got.target.Host)
	}
}

// TestWhoIsTriedAgainWaitsBehindItsSubnet: a pause is no way past the others.
func TestWhoIsTriedAgainWaitsBehindItsSubnet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := inSubnets("a1 10.0.0.1\na2 10.0.0.2\na3 10.0.0.3\n", 1, 100)
		q.again(mustNext(t, q), time.Second)
		second := mustNext(t, q)
		wantNone(t, q)
		time.Sleep(time.Second)
		wantNone(t, q) // a1 is behind a3 now
		for _, want := range []string{"a3", "a1"} {
			q.done(second)
			if second = mustNext(t, q); second.target.Host != want {
				t.Errorf("%s came before %s", second.target.Host, want)
			}
		}
		q.done(second)
		if _, err := q.next(t.Context()); !errors.Is(err, io.EOF) || len(q.subnets.of) != 0 || q.subnets.aside() != 0 {
			t.Errorf("%v; left: %v", err, q.subnets)
		}
	})
}

// TestANameGetsItsPlaceWhenItIsResolved has names of one address, which nobody
// knows before.
func TestANameGetsItsPlaceWhenItIsResolved(t *testing.T) {
	q := inSubnets("n1\nn2\nn3\nn4\n", 2, 100)
	var have []trial
	for i := range 4 {
		got := mustNext(t, q) // all are taken in hand to be resolved
		got.at = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 22)
		if q.found(&got) {
			have = append(have, got)
		}
	}
	if len(have) != 2 {
		t.Fatalf("%d have a place, want 2", len(have))
	}
	wantNone(t, q)
	q.done(have[1])
	if got := mustNext(t, q); got.target.Host != "n3" || got.at != netip.MustParseAddrPort("10.0.0.2:22") {
		t.Errorf("got %+v", got)
	}
	q.done(have[0])
	if got := mustNext(t, q); got.target.Host != "n4" {
		t.Errorf("got %+v", got)
	}
}

// TestOfOneSubnetNoMoreWaitThanMay has a list of one subnet alone, longer than may
// wait; what stands behind is not taken in hand.
func TestOfOneSubnetNoMoreWaitThanMay(t *testing.T) {
	var lines strings.Builder
	for i := range 50 {
		fmt.Fprintf(&lines, "a%d 10.0.0.%d\n", i, i)
	}
	lines.WriteString("b 10.0.1.1\n")
	const most = 5
	q := inSubnets(lines.String(), 2, most)
	have := []trial{mustNext(t, q), mustNext(t, q)}
	var came []string
	for {
		got, _, err := q.pick(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if n := q.subnets.aside(); n > most {
			t.Fatalf("%d wait", n)
		}
		if got.target.Host == "b" {
			break
		}
		q.done(have[0])
		came = append(came, have[0].target.Host)
		have = append(have[1:], mustNext(t, q))
	}
	for i, host := range came {
		if host != fmt.Sprintf("a%d", i) {
			t.Fatalf("in the order %s", came)
		}
	}
	if len(came) < 44 {
		t.Errorf("after %d came the last one: more waited than may", len(came))
	}
}

// TestEachComesOnceWhateverTheBound has targets of few subnets come, wait, fail and
// come again in a bubble, and holds that none is lost or over its bound.
func TestEachComesOnceWhateverTheBound(t *testing.T) {
	for _, bound := range []int{1, 3, 1000} {
		synctest.Test(t, func(t *testing.T) {
			var lines strings.Builder
			const targets = 400
			for i := range targets {
				fmt.Fprintf(&lines, "t%d 10.0.%d.%d\n", i, i*i%7, i%250)
			}
			q := inSubnets(lines.String(), bound, 20)
			hands, inHand := make(chan struct{}, 50), make(map[netip.Prefix]int)
			var tried []string
			for {
				got, err := q.next(t.Context())
				if errors.Is(err, io.EOF) {
					break
				}
				hands <- struct{}{}
				q.mu.Lock()
				tried = append(tried, got.target.Host)
				if inHand[subnetOf(got.at.Addr())]++; inHand[subnetOf(got.at.Addr())] > bound {
					t.Errorf("%d of %s in hand", inHand[subnetOf(got.at.Addr())], subnetOf(got.at.Addr()))
				}
				q.mu.Unlock()
				go func() {
					time.Sleep(time.Duration(len(got.target.Host)) * time.Millisecond)
					q.mu.Lock()
					inHand[subnetOf(got.at.Addr())]--
					q.mu.Unlock()
					if got.tries++; got.tries == 2 {
						q.done(got)
					} else {
						q.again(got, time.Second)
					}
					<-hands
				}()
			}
			slices.Sort(tried)
			if once := slices.Compact(slices.Clone(tried)); len(tried) != 2*targets || len(once) != targets {
				t.Errorf("%d tries at %d of %d targets", len(tried), len(once), targets)
			}
		})
	}
}
