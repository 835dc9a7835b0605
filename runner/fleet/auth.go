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

// errWrong is all that one is told of a wrong password.
var errWrong = errors.New("wrong")

// asking lets in by a password alone, in one of its ways.
func (f *Fleet) asking(kind Kind) *ssh.ServerConfig {
	cfg := f.serverConfig(refuse)
	cfg.PublicKeyCallback = nil
	if kind == WantsPassword {
		cfg.PasswordCallback = func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			return nil, f.judge(string(password))
		}
		return cfg
	}
	question := "Password: "
	if kind == AsksCode {
		question = "Verification code: "
	}
	cfg.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		answers, err := ask("", "", []string{question}, []bool{false})
		if err != nil || len(answers) != 1 {
			return nil, errWrong
		}
		return nil, f.judge(answers[0])
	}
	return cfg
}

// judge lets the fleet's password in, and remembers what came.
func (f *Fleet) judge(password string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.passwords = append(f.passwords, password)
	if f.password == "" || password != f.password {
		return errWrong
	}
	return nil
}

// SetPassword sets the one that WantsPassword and Asks let in; before, none is.
func (f *Fleet) SetPassword(password string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.password = password
}

// Passwords gives all that were sent to its servers, in their order.
func (f *Fleet) Passwords() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.passwords)
}
