package remote_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// line is a way to a host that can be cut: what is sent is then swallowed, and
// nobody is told.
type line struct {
	addr string
	cut  atomic.Bool
}

// newLine puts a line before a host.
func newLine(t testing.TB, to string) *line {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	between := &line{addr: l.Addr().String()}
	var running sync.WaitGroup
	running.Go(func() {
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := new(net.Dialer).DialContext(context.Background(), "tcp", to)
		if err != nil {
			_ = near.Close()
			return
		}
		running.Go(func() { between.carry(far, near) })
		between.carry(near, far)
	})
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	return between
}

// carry passes on what comes until either side ends.
func (l *line) carry(to, from net.Conn) {
	_, _ = io.Copy(writer(func(p []byte) (int, error) {
		if l.cut.Load() {
			return len(p), nil
		}
		return to.Write(p)
	}), from)
	_, _ = to.Close(), from.Close()
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// dialLine connects over a line that is watched.
func dialLine(t testing.TB, h host) (*remote.Conn, *line) {
	t.Helper()
	l := newLine(t, h.addr)
	c := h.config()
	c.Address, c.KeepAlive = l.addr, soon
	conn, err := remote.Dial(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, l
}

// testKeepAlive is that a line that was cut is noticed, and no other.
func testKeepAlive(t *testing.T, start starter) {
	t.Helper()
	h := start(t, setting{})
	t.Run("a line that is cut is lost", func(t *testing.T) {
		conn, l := dialLine(t, h)
		stdin, open := io.Pipe() // what waits for it ends with the connection
		defer func() { _ = open.Close() }()
		_, err := conn.Run(context.Background(), remote.Command{
			Line: "echo begun; cat", Stdin: stdin, Stdout: &firstWrite{seen: func() { l.cut.Store(true) }}, Timeout: patience,
		})
		wantError(t, err, remote.PhaseRun, remote.KindLost)
		if !strings.Contains(err.Error(), "answered nothing for") {
			t.Errorf("got %v, want that nothing was answered", err)
		}
		// What comes later hears the same.
		_, err = conn.Run(context.Background(), remote.Command{Line: "true"})
		wantError(t, err, remote.PhaseRun, remote.KindLost)
		if !strings.Contains(err.Error(), "answered nothing for") {
			t.Errorf("later: %v", err)
		}
	})
	t.Run("a file on a line that is cut is lost", func(t *testing.T) {
		conn, l := dialLine(t, h)
		zeros := writeThen(func() { l.cut.Store(true) })
		err := conn.Upload(context.Background(), t.TempDir()+"/file", 0o600, zeros)
		wantError(t, err, remote.PhaseCopy, remote.KindLost)
	})
	t.Run("a line that holds is not lost", func(t *testing.T) {
		c := h.config()
		c.KeepAlive = inAWhile // of which a busy machine may miss two, and no more
		conn, err := remote.Dial(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if exit, err := conn.Run(context.Background(), remote.Command{Line: "sleep 5; exit 3"}); err != nil || exit.Status != 3 {
			t.Errorf("got %+v and %v", exit, err)
		}
	})
}

// writeThen is zeros without end, and calls then after the first MiB.
func writeThen(then func()) io.Reader {
	return io.MultiReader(strings.NewReader(strings.Repeat("\x00", 1<<20)), reader(func(p []byte) (int, error) {
		then()
		clear(p)
		return len(p), nil
	}))
}

type reader func([]byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

func TestDialTellsWhatFailed(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	cases := map[string]struct {
		server fleet.Behaviour
		phase  remote.Phase
		kind   remote.Kind
	}{
		"refused":          {fleet.Behaviour{Kind: fleet.Closed}, remote.PhaseConnect, remote.KindRefused},
		"mute":             {fleet.Behaviour{Kind: fleet.Mute}, remote.PhaseBanner, remote.KindTimeout},
		"stops in between": {fleet.Behaviour{Kind: fleet.StopsInKex}, remote.PhaseAuth, remote.KindTimeout},
		"lets nobody in":   {fleet.Behaviour{Kind: fleet.RefusesKeys}, remote.PhaseAuth, remote.KindAuth},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := host{addr: add(t, f, c.server).String(), how: loginBy(key)}.config()
			config.Handshake = inAWhile
			_, err := remote.Dial(context.Background(), config)
			wantError(t, err, c.phase, c.kind)
		})
	}
}
