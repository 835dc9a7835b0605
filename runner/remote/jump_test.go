package remote_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// bastion is a jump host, and how often it was dialled.
type bastion struct {
	*remote.Jump
	dialled atomic.Int32
	mu      sync.Mutex
	conns   []*remote.Conn
}

func newBastion(t *testing.T, h host) *bastion {
	t.Helper()
	b := new(bastion)
	b.Jump = remote.NewJump("bastion", func(ctx context.Context) (*remote.Conn, error) {
		b.dialled.Add(1)
		conn, err := remote.Dial(ctx, h.config())
		b.mu.Lock()
		defer b.mu.Unlock()
		b.conns = append(b.conns, conn)
		return conn, err
	})
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// through runs a command on a host behind the bastion.
func (b *bastion) through(ctx context.Context, h host, address string) (string, error) {
	config := h.config()
	config.Address = address
	conn, err := remote.DialThrough(ctx, b.Jump, config)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	var out strings.Builder
	_, err = conn.Run(ctx, remote.Command{Line: "echo fine", Stdout: &out})
	return out.String(), err
}

// testJump goes through a host to itself, more often than one connection is to carry.
func testJump(t *testing.T, start starter) {
	t.Helper()
	h := start(t, setting{})
	b := newBastion(t, h)
	var all sync.WaitGroup
	few := make(chan struct{}, 8) // at a time, for the sake of MaxStartups
	for range 80 {
		all.Go(func() {
			few <- struct{}{}
			defer func() { <-few }()
			if out, err := b.through(t.Context(), h, h.addr); err != nil || out != "fine\n" {
				t.Errorf("%q, %v", out, err)
			}
		})
	}
	all.Wait()
	if n := b.dialled.Load(); n != 1 {
		t.Errorf("dialled %d times", n)
	}
	_, err := b.through(t.Context(), h, "127.0.0.1:1")
	if e := new(remote.Error); !errors.As(err, &e) || e.Kind != remote.KindRefused || !strings.Contains(err.Error(), "through bastion: ") {
		t.Errorf("a closed port: %v", err)
	}
}

func TestMuchTrafficHasAFewConnections(t *testing.T) {
	h := startOfFleet(t, setting{})
	b := newBastion(t, h)
	var all sync.WaitGroup
	for range 300 {
		all.Go(func() {
			if out, err := b.through(t.Context(), h, h.addr); err != nil || out != "fine\n" {
				t.Errorf("%q, %v", out, err)
			}
		})
	}
	all.Wait()
	if n := b.dialled.Load(); n < 2 || n > 4 {
		t.Errorf("dialled %d times", n)
	}
}

func TestAJumpHostIsDialledAgainWhenTheLineIsLost(t *testing.T) {
	h := startOfFleet(t, setting{})
	b := newBastion(t, h)
	for want := int32(1); want <= 2; want++ {
		if _, err := b.through(t.Context(), h, h.addr); err != nil {
			t.Fatal(err)
		}
		if n := b.dialled.Load(); n != want {
			t.Errorf("dialled %d times, want %d", n, want)
		}
		b.mu.Lock()
		for _, conn := range b.conns {
			_ = conn.Close()
		}
		b.mu.Unlock()
	}
}

func TestWhatAJumpHostSaysOfATargetIsToldApart(t *testing.T) {
	h := startOfFleet(t, setting{})
	b := newBastion(t, h)
	for address, want := range map[string]remote.Kind{
		"192.0.2.1:22": remote.KindDenied, // this one forwards to loopback alone
		"web1:99999":   remote.KindResolve,
	} {
		_, err := b.through(t.Context(), h, address)
		if e := new(remote.Error); !errors.As(err, &e) || e.Kind != want || !strings.Contains(err.Error(), "through bastion: ") {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
	}
}

// behaving is a host of the fleet that is not as it should be.
func behaving(t *testing.T, kind fleet.Kind) host {
	t.Helper()
	f, key := newFleet(t, fleet.Config{})
	return host{addr: add(t, f, fleet.Behaviour{Kind: kind}).String(), how: loginBy(key)}
}

// TestADeadJumpHostIsNotDialledForEachTarget has it refuse whoever comes.
func TestADeadJumpHostIsNotDialledForEachTarget(t *testing.T) {
	h := behaving(t, fleet.RefusesKeys)
	b := newBastion(t, h)
	for range 50 {
		_, err := b.through(t.Context(), h, "127.0.0.1:1")
		if e := new(remote.Error); !errors.As(err, &e) || e.Kind != remote.KindAuth {
			t.Fatal(err)
		}
		if !errors.As(err, new(*remote.JumpError)) {
			t.Fatalf("%v is not the jump host's", err)
		}
	}
	if n := b.dialled.Load(); n > 2 {
		t.Errorf("dialled %d times", n)
	}
}

func TestWhoWaitsForAJumpHostMayLeave(t *testing.T) {
	h := behaving(t, fleet.Mute)
	b := newBastion(t, h)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			if _, err := b.through(ctx, h, fmt.Sprintf("127.0.0.1:%d", i+1)); err == nil {
				t.Error("it came to an end")
			}
		})
	}
	all.Wait()
}
