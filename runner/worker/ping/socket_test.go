package ping

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
)

// network is a network in memory on which hosts answer as told.
type network struct {
	// answer gives what comes back for the nth echo request to a host.
	answer func(to netip.Addr, n int, request *icmp.Echo) []packet
	// refuse is the error of a WriteTo.
	refuse func(n int) error

	mu    sync.Mutex
	sent  int
	heard chan packet
}

type packet struct {
	data []byte
	from net.Addr
	err  error
}

func (n *network) ReadFrom(b []byte) (int, net.Addr, error) {
	p, ok := <-n.heard
	if !ok {
		return 0, nil, net.ErrClosed
	}
	return copy(b, p.data), p.from, p.err
}

func (n *network) WriteTo(b []byte, to net.Addr) (int, error) {
	n.mu.Lock()
	n.sent++
	sent := n.sent
	n.mu.Unlock()
	if n.refuse != nil {
		if err := n.refuse(sent); err != nil {
			return 0, err
		}
	}
	msg, err := icmp.ParseMessage(1, b)
	if err != nil {
		return 0, err
	}
	for _, p := range n.answer(address(to), sent, msg.Body.(*icmp.Echo)) {
		n.heard <- p
	}
	return len(b), nil
}

func (n *network) Close() error {
	close(n.heard)
	return nil
}

func reply(from netip.Addr, kind icmp.Type, body icmp.MessageBody) packet {
	b, _ := (&icmp.Message{Type: kind, Body: body}).Marshal(nil)
	return packet{data: b, from: asRaw(from)}
}

var host = netip.MustParseAddr("10.0.0.1")

// on pings host over a network, with a clock that costs no time.
func on(t *testing.T, n *network, check func(s *socket)) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		n.heard = make(chan packet, 10)
		s := newSocket(family4, n, asRaw)
		defer func() { _ = s.close() }()
		check(s)
	})
}

func TestALostEchoIsAskedForAgain(t *testing.T) {
	n := &network{answer: func(to netip.Addr, n int, r *icmp.Echo) []packet {
		if n < 3 {
			return nil
		}
		return []packet{reply(to, ipv4.ICMPTypeEchoReply, r)}
	}}
	on(t, n, func(s *socket) {
		began := time.Now()
		if err := s.ping(context.Background(), host); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("the third was sent after %v", took)
		}
	})
}

func TestASilentHostIsGivenUpAfterThreeSeconds(t *testing.T) {
	n := &network{answer: func(netip.Addr, int, *icmp.Echo) []packet { return nil }}
	on(t, n, func(s *socket) {
		began := time.Now()
		if err := s.ping(context.Background(), host); !errors.Is(err, ErrNoEcho) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took != 3*time.Second || n.sent != 3 {
			t.Errorf("given up after %v and %d requests", took, n.sent)
		}
		if len(s.waiting) > 0 {
			t.Error("it still waits for an answer")
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		if err := s.ping(ctx, host); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOnlyTheHostsOwnEchoCounts(t *testing.T) {
	other := netip.MustParseAddr("10.0.0.2")
	n := &network{answer: func(to netip.Addr, _ int, r *icmp.Echo) []packet {
		foreign := *r
		foreign.Data = append([]byte("another!"), r.Data[8:]...)
		short := *r
		short.Data = r.Data[:8]
		stale := *r
		stale.Data = append(append([]byte{}, r.Data[:8]...), make([]byte, 8)...)
		return []packet{
			{err: syscall.ECONNREFUSED},
			{data: []byte("?"), from: asRaw(to)},
			{data: nil, from: asDatagram(to)},
			reply(to, ipv4.ICMPTypeEcho, r),
			reply(to, ipv4.ICMPTypeDestinationUnreachable, &icmp.DstUnreach{Data: r.Data}),
			reply(other, ipv4.ICMPTypeEchoReply, r),
			reply(to, ipv4.ICMPTypeEchoReply, &foreign),
			reply(to, ipv4.ICMPTypeEchoReply, &short),
			reply(to, ipv4.ICMPTypeEchoReply, &stale),
		}
	}}
	on(t, n, func(s *socket) {
		if err := s.ping(context.Background(), host); !errors.Is(err, ErrNoEcho) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAnEchoThatComesTwiceCountsOnce(t *testing.T) {
	n := &network{answer: func(to netip.Addr, _ int, r *icmp.Echo) []packet {
		p := reply(to, ipv4.ICMPTypeEchoReply, r)
		return []packet{p, p}
	}}
	on(t, n, func(s *socket) {
		for range 2 {
			if err := s.ping(context.Background(), host); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAFullQueueIsNoVerdict(t *testing.T) {
	n := &network{
		refuse: func(n int) error {
			if n == 1 {
				return syscall.ENOBUFS
			}
			return nil
		},
		answer: func(to netip.Addr, _ int, r *icmp.Echo) []packet {
			return []packet{reply(to, ipv4.ICMPTypeEchoReply, r)}
		},
	}
	on(t, n, func(s *socket) {
		if err := s.ping(context.Background(), host); err != nil {
			t.Error(err)
		}
	})
}

func TestAHostWithoutARouteCannotBeAsked(t *testing.T) {
	n := &network{refuse: func(int) error { return syscall.ENETUNREACH }}
	on(t, n, func(s *socket) {
		if err := s.ping(context.Background(), host); !errors.Is(err, syscall.ENETUNREACH) {
			t.Errorf("got %v", err)
		}
	})
}
