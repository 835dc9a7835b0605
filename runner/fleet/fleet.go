// Package fleet is a fleet of SSH servers in this process, in the way of
// httptest: they listen on loopback only, really run what they are sent, and
// can be told to misbehave. It is for demo, tests and benchmarks.
package fleet

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// ErrNotLoopback tells that a server was to listen where others could reach it.
var ErrNotLoopback = errors.New("a fleet listens on loopback addresses only")

// Config is what all servers of a fleet have in common.
type Config struct {
	// Authorized are the keys that are let in, whatever the user's name.
	// Without any nobody is.
	Authorized []ssh.PublicKey
	// HostKey is the host key of all servers; nil makes an ed25519 key.
	HostKey ssh.Signer
	// MoreHostKeys are further ones, each of another type.
	MoreHostKeys []ssh.Signer
	// HostCertificate is one for HostKey, shown to who asks for it; nil is
	// none.
	HostCertificate *ssh.Certificate
	// Shell is the argv of the account's login shell; nil means /bin/sh. A
	// shell request runs it as it is, a command through its -c.
	Shell []string
	// Env is the environment of what runs, as key=value; nil means a plain
	// PATH. HOME, USER, SHELL and SSH_CONNECTION are set besides, as sshd does,
	// and SSH_ALGORITHMS, which has no like there: the key exchange, the host
	// key algorithm, and the cipher and the MAC of what the client sends.
	Env []string
	// Dir is where it runs, and its HOME; empty means the root folder.
	Dir string
	// NoSFTP leaves out the SFTP subsystem.
	NoSFTP bool
}

// Fleet is a number of SSH servers that live until Close.
type Fleet struct {
	cfg        Config
	certified  ssh.Signer // the host key with its certificate; nil without
	authorized []string   // keys as they are sent

	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu          sync.Mutex
	closed      bool
	open        map[closer]struct{}
	connections map[netip.AddrPort]int64
	executions  map[netip.AddrPort]int64
	password    string
	passwords   []string // as they came
}

// closer is a listener, a connection or a reserved port.
type closer interface{ Close() error }

// New makes a fleet without servers yet.
func New(cfg Config) (*Fleet, error) {
	if cfg.HostKey == nil {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("host key: %w", err)
		}
		if cfg.HostKey, err = ssh.NewSignerFromKey(private); err != nil {
			return nil, fmt.Errorf("host key: %w", err)
		}
	}
	if len(cfg.Shell) == 0 {
		cfg.Shell = []string{"/bin/sh"}
	}
	if cfg.Env == nil {
		cfg.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin"}
	}
	if cfg.Dir == "" {
		cfg.Dir = "/"
	}
	f := &Fleet{
		cfg: cfg, open: map[closer]struct{}{},
		connections: map[netip.AddrPort]int64{}, executions: map[netip.AddrPort]int64{},
	}
	if cfg.HostCertificate != nil {
		var err error
		if f.certified, err = ssh.NewCertSigner(cfg.HostCertificate, cfg.HostKey); err != nil {
			return nil, fmt.Errorf("host certificate: %w", err)
		}
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	for _, key := range cfg.Authorized {
		f.authorized = append(f.authorized, string(key.Marshal()))
	}
	return f, nil
}

// Add starts a server on a free port of 127.0.0.1.
func (f *Fleet) Add(b Behaviour) (netip.AddrPort, error) {
	return f.listen(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0), b)
}

// AddAt starts a server at addr, port included. The error is ErrNotLoopback
// for anything but 127.0.0.0/8 and ::1.
func (f *Fleet) AddAt(addr netip.AddrPort, b Behaviour) error {
	if addr.Port() == 0 {
		return fmt.Errorf("listen on %s: a port must be given", addr)
	}
	_, err := f.listen(addr, b)
	return err
}

// HostKey is the public host key of all servers.
func (f *Fleet) HostKey() ssh.PublicKey { return f.cfg.HostKey.PublicKey() }

// KnownHostsLine is the line of a known_hosts file that records the host key
// for the given addresses, without a newline.
func (f *Fleet) KnownHostsLine(addrs ...netip.AddrPort) string {
	names := make([]string, len(addrs))
	for i, a := range addrs {
		names[i] = a.String()
	}
	return knownhosts.Line(names, f.HostKey())
}

// Connections is how many connections have been accepted at addr.
func (f *Fleet) Connections(addr netip.AddrPort) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.connections[addr]
}

// Executions is how many commands have been begun at addr.
func (f *Fleet) Executions(addr netip.AddrPort) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.executions[addr]
}

// Close ends all servers, their connections and what runs in them, and waits
// for the last. It may be called more than once.
func (f *Fleet) Close() error {
	f.cancel()
	f.mu.Lock()
	f.closed = true
	for c := range f.open {
		_ = c.Close() // a connection may be closed already
	}
	clear(f.open)
	f.mu.Unlock()
	f.running.Wait()
	return nil
}

// came counts a connection.
func (f *Fleet) came(at netip.AddrPort) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.connections[at]++
}

// begun counts a command.
func (f *Fleet) begun(at net.Addr) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.executions[addrPort(at)]++
}

// track makes c end with the fleet, or at once where that has ended.
func (f *Fleet) track(c closer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		_ = c.Close()
		return net.ErrClosed
	}
	f.open[c] = struct{}{}
	return nil
}

// drop closes c and forgets it.
func (f *Fleet) drop(c closer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.open, c)
	_ = c.Close() // the client may have been first
}

func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	at := tcp.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}
