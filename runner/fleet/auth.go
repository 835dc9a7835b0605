package fleet

import (
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/ssh"
)

var errRefused = errors.New("this key is not let in")

// serverConfig lets those in whose key judge has nothing against.
func (f *Fleet) serverConfig(judge func(ssh.PublicKey) error) *ssh.ServerConfig {
	cfg := &ssh.ServerConfig{
		ServerVersion: ident,
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			return nil, judge(key)
		},
	}
	cfg.AddHostKey(f.cfg.HostKey)
	for _, key := range f.cfg.MoreHostKeys {
		cfg.AddHostKey(key)
	}
	if f.certified != nil {
		cfg.AddHostKey(f.certified)
	}
	return cfg
}

// admit lets the authorized keys in.
func (f *Fleet) admit(key ssh.PublicKey) error {
	if slices.Contains(f.authorized, string(key.Marshal())) {
		return nil
	}
	return errRefused
}

// refuse lets nobody in.
func refuse(ssh.PublicKey) error { return errRefused }

// flooding sends text to be shown before the login (RFC 4252, section 5.4)
// until the client leaves.
func (f *Fleet) flooding() *ssh.ServerConfig {
	cfg := f.serverConfig(f.admit)
	text := strings.Repeat("Welcome! ", 1<<10)
	cfg.PreAuthConnCallback = func(conn ssh.ServerPreAuthConn) {
		for conn.SendAuthBanner(text) == nil {
		}
	}
	return cfg
}

// stalling swallows what is written to it once some writes are done.
type stalling struct {
	net.Conn
	left atomic.Int32
}

// Write sends as long as writes are left.
func (s *stalling) Write(p []byte) (int, error) {
	if s.left.Add(-1) < 0 {
		return len(p), nil
	}
	return s.Conn.Write(p)
}

// hush leaves no more writes; the key is let in, but never hears of it.
func (s *stalling) hush(ssh.PublicKey) error {
	s.left.Store(0)
	return nil
}
