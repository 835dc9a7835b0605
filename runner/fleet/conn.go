package fleet

import (
	"io"
	"math"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// ident is how the servers introduce themselves.
const ident = "SSH-2.0-fleet"

// dribble is the time between two bytes, or lines, of a server that never
// comes to the point.
const dribble = 5 * time.Millisecond

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
		s := &stalling{Conn: conn}
		s.left.Store(2) // the identification and the KEXINIT
		f.handshake(s, f.serverConfig(f.admit), b)
	case StopsInAuth:
		s := &stalling{Conn: conn}
		s.left.Store(math.MaxInt32)
		f.handshake(s, f.serverConfig(s.hush), b)
	case WantsPassword, Asks, AsksCode:
		f.handshake(conn, f.asking(b.Kind), b)
	case RefusesKeys:
		f.handshake(conn, f.serverConfig(refuse), b)
	case FloodsLogin:
		f.handshake(conn, f.flooding(), b)
	default:
		f.handshake(conn, f.serverConfig(f.admit), b)
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
func (f *Fleet) handshake(conn net.Conn, cfg *ssh.ServerConfig, b Behaviour) {
	cfg.KeyExchanges, cfg.Ciphers, cfg.MACs = b.Algorithms.KeyExchanges, b.Algorithms.Ciphers, b.Algorithms.MACs
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
		switch opened.ChannelType() {
		case "session":
			f.running.Go(func() { f.session(server, opened, b) })
		case "direct-tcpip":
			f.running.Go(func() { f.forward(opened) })
		default:
			_ = opened.Reject(ssh.UnknownChannelType, "not here")
		}
	}
}
