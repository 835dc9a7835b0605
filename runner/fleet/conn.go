package fleet

import (
	"errors"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// ident is how the servers introduce themselves.
const ident = "SSH-2.0-fleet"

// dribble is the time between two bytes, or lines, of a server that never
// comes to the point.
const dribble = 5 * time.Millisecond

var errRefused = errors.New("this key is not let in")

// serverConfigs makes the configuration of each kind that needs its own.
func (f *Fleet) serverConfigs() map[Kind]*ssh.ServerConfig {
	admit := func(judge func(ssh.PublicKey) error) *ssh.ServerConfig {
		cfg := &ssh.ServerConfig{
			ServerVersion: ident,
			PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
				return nil, judge(key)
			},
		}
		cfg.AddHostKey(f.cfg.HostKey)
		return cfg
	}
	authorized := make([]string, len(f.cfg.Authorized))
	for i, key := range f.cfg.Authorized {
		authorized[i] = string(key.Marshal())
	}
	return map[Kind]*ssh.ServerConfig{
		Fine: admit(func(key ssh.PublicKey) error {
			if slices.Contains(authorized, string(key.Marshal())) {
				return nil
			}
			return errRefused
		}),
		RefusesKeys: admit(func(ssh.PublicKey) error { return errRefused }),
		StopsInAuth: admit(func(ssh.PublicKey) error {
			<-f.ctx.Done()
			return errRefused
		}),
	}
}

// serve behaves as told on one connection; the caller closes it.
func (f *Fleet) serve(conn net.Conn, b Behaviour) {
	if !f.pause(b.Delay) {
		return
	}
	if _, err := conn.Write(b.Preface); err != nil {
		return
	}
	switch b.Kind {
	case Closed, Filtered, ClosesAtOnce:
	case Mute:
		_, _ = io.Copy(io.Discard, conn) // until the client leaves
	case Dribbles:
		f.repeat(conn, "S")
	case Babbles:
		f.repeat(conn, "220 nothing here is SSH\r\n")
	case Rubbish:
		_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<h1>Bad Request</h1>\r\n")
	case StopsInKex:
		f.handshake(&stalling{Conn: conn}, b)
	default:
		f.handshake(conn, b)
	}
}

// repeat sends text again and again until the client leaves.
func (f *Fleet) repeat(conn net.Conn, text string) {
	for f.pause(dribble) {
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
	}
}

// handshake speaks SSH on conn until the client leaves.
func (f *Fleet) handshake(conn net.Conn, b Behaviour) {
	cfg := f.configs[b.Kind]
	if cfg == nil {
		cfg = f.configs[Fine]
	}
	server, channels, requests, err := ssh.NewServerConn(conn, cfg)
	if err != nil {
		return
	}
	defer func() {
		_ = server.Close()
		_ = server.Wait() // tells why the client left
	}()
	f.running.Go(func() { ssh.DiscardRequests(requests) })
	for opened := range channels {
		if opened.ChannelType() != "session" {
			_ = opened.Reject(ssh.UnknownChannelType, "only sessions here")
			continue
		}
		f.running.Go(func() { f.session(server, opened, b) })
	}
}

// stalling lets the identification and the first packet, the KEXINIT, out and
// swallows everything after.
type stalling struct {
	net.Conn
	writes atomic.Int32
}

// Write sends the first two writes only.
func (s *stalling) Write(p []byte) (int, error) {
	if s.writes.Add(1) > 2 {
		return len(p), nil
	}
	return s.Conn.Write(p)
}
