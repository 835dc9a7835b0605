package ping

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// family is what differs between the address families.
type family struct {
	datagram, raw, all string // networks and address for icmp.ListenPacket
	protocol           int    // IANA's number
	request, reply     icmp.Type
}

var (
	family4 = family{"udp4", "ip4:icmp", "0.0.0.0", 1, ipv4.ICMPTypeEcho, ipv4.ICMPTypeEchoReply}
	family6 = family{"udp6", "ip6:ipv6-icmp", "::", 58, ipv6.ICMPTypeEchoRequest, ipv6.ICMPTypeEchoReply}
)

// packets is what a socket needs of an *icmp.PacketConn.
type packets interface {
	ReadFrom(b []byte) (int, net.Addr, error)
	WriteTo(b []byte, dst net.Addr) (int, error)
	Close() error
}

// tokenSize is how much of an echo is ours: eight bytes of the socket's own
// and the number of the question. A raw socket hears the echoes of all others
// too, and an unprivileged one may have its id changed by the kernel.
const tokenSize = 16

// socket asks any number of hosts at a time.
type socket struct {
	family family
	conn   packets
	peer   func(netip.Addr) net.Addr
	id     int
	self   [8]byte
	done   chan struct{} // closed when the reading has ended
	pace   pace

	mu      sync.Mutex
	last    uint64
	waiting map[uint64]question
}

// question is a host that has been asked; answered is closed by its echo.
type question struct {
	addr     netip.Addr
	answered chan struct{}
}

func newSocket(f family, conn packets, peer func(netip.Addr) net.Addr) *socket {
	s := &socket{family: f, conn: conn, peer: peer, done: make(chan struct{}), waiting: make(map[uint64]question)}
	_, _ = rand.Read(s.self[:]) // it never fails
	s.id = int(binary.BigEndian.Uint16(s.self[:]))
	go s.listen()
	return s
}

func (s *socket) close() error {
	err := s.conn.Close()
	<-s.done
	return err
}

// ping asks one host until it answers or has been asked often enough.
func (s *socket) ping(ctx context.Context, addr netip.Addr) error {
	number, answered := s.expect(addr)
	defer s.forget(number)
	timer := time.NewTimer(interval)
	defer timer.Stop()
	for try := range tries {
		if err := s.pace.wait(ctx); err != nil {
			return err
		}
		if err := s.ask(addr, number, try+1); err != nil && !errors.Is(err, syscall.ENOBUFS) {
			return err
		}
		timer.Reset(interval)
		select {
		case <-answered:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
	}
	select {
	case <-answered: // in the very moment when the time was over
		return nil
	default:
		return ErrNoEcho
	}
}

func (s *socket) expect(addr netip.Addr) (uint64, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	q := question{addr, make(chan struct{})}
	s.waiting[s.last] = q
	return s.last, q.answered
}

func (s *socket) forget(number uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, number)
}

func (s *socket) ask(addr netip.Addr, number uint64, seq int) error {
	token := make([]byte, tokenSize)
	copy(token, s.self[:])
	binary.BigEndian.PutUint64(token[len(s.self):], number)
	msg := icmp.Message{Type: s.family.request, Body: &icmp.Echo{ID: s.id, Seq: seq, Data: token}}
	// The checksum of ICMPv6 is the kernel's matter.
	b, err := msg.Marshal(nil)
	if err != nil {
		return err
	}
	_, err = s.conn.WriteTo(b, s.peer(addr))
	return err
}

// listen hears the echoes until the socket is closed.
func (s *socket) listen() {
	defer close(s.done)
	b := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // such as ECONNREFUSED, which says nothing about all others
		}
		s.hear(b[:n], address(from))
	}
}

// hear takes an echo of ours for an answer, if it comes from who was asked.
func (s *socket) hear(b []byte, from netip.Addr) {
	msg, err := icmp.ParseMessage(s.family.protocol, b)
	if err != nil || msg.Type != s.family.reply {
		return
	}
	echo, ok := msg.Body.(*icmp.Echo)
	if !ok || len(echo.Data) != tokenSize || [8]byte(echo.Data) != s.self {
		return
	}
	number := binary.BigEndian.Uint64(echo.Data[len(s.self):])
	s.mu.Lock()
	defer s.mu.Unlock()
	if q, ok := s.waiting[number]; ok && q.addr.WithZone("") == from {
		close(q.answered)
		delete(s.waiting, number)
	}
}

// address is that of a packet's sender, without its zone.
func address(from net.Addr) netip.Addr {
	var ip net.IP
	switch a := from.(type) {
	case *net.UDPAddr:
		ip = a.IP
	case *net.IPAddr:
		ip = a.IP
	}
	addr, _ := netip.AddrFromSlice(ip) // none is equal to no host's
	return addr.Unmap()
}
