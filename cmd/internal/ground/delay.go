//go:build e2e

package ground

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"
)

// Delay makes a long link to a TCP address, and gives the address of its near end,
// on loopback: what goes in at either end comes out at the other after each, in
// order, however much it is. It ends with the test. A connection is made at the
// near end at once, and at the far one after each.
func Delay(tb testing.TB, to string, each time.Duration) string {
	tb.Helper()
	near, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	l := &link{ctx: tb.Context(), to: to, each: each, open: make(map[net.Conn]bool)}
	l.working.Go(func() { l.serve(near) })
	tb.Cleanup(func() {
		_ = near.Close()
		l.end()
		l.working.Wait()
	})
	return near.Addr().String()
}

// link is a long link.
type link struct {
	ctx     context.Context // that of the test
	to      string
	each    time.Duration
	working sync.WaitGroup

	mu    sync.Mutex
	ended bool
	open  map[net.Conn]bool
}

func (l *link) serve(near net.Listener) {
	for {
		conn, err := near.Accept()
		if err != nil {
			return
		}
		l.working.Go(func() { l.join(conn) })
	}
}

// hold remembers a connection, so that it can be ended; false where that is to be
// done at once.
func (l *link) hold(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.open[c] = true
	}
	return !l.ended
}

func (l *link) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	for c := range l.open {
		_ = c.Close()
	}
}

// join carries what comes from either side to the other until both have ended.
func (l *link) join(near net.Conn) {
	defer near.Close()
	time.Sleep(l.each)
	far, err := new(net.Dialer).DialContext(l.ctx, "tcp", l.to)
	if err != nil {
		return
	}
	defer far.Close()
	if !l.hold(near) || !l.hold(far) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { l.carry(far, near) })
	both.Go(func() { l.carry(near, far) })
	both.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, near)
	delete(l.open, far)
}

// parcel is what is on its way.
type parcel struct {
	data []byte
	due  time.Time
	err  error // the end of what is read
}

// carry carries one direction, and then ends it.
func (l *link) carry(to, from net.Conn) {
	way := make(chan parcel, 1<<16)
	go func() {
		for {
			data := make([]byte, 32<<10)
			n, err := from.Read(data)
			way <- parcel{data[:n], time.Now().Add(l.each), err}
			if err != nil {
				return
			}
		}
	}()
	for p := range way {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.data); err != nil || p.err != nil {
			break
		}
	}
	if half, ok := to.(*net.TCPConn); ok {
		_ = half.CloseWrite() // it may be closed
	}
}
