package fleet

import (
	"cmp"
	"os"
	"strings"
	"syscall"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"
)

// status reports how a command ended (RFC 4254, section 6.10).
func (s *session) status(n int) {
	msg := struct{ Status uint32 }{uint32(n)}
	_, _ = s.channel.SendRequest("exit-status", false, ssh.Marshal(&msg))
}

// signal reports that a command was killed by a signal, named without "SIG".
func (s *session) signal(name string) {
	msg := struct {
		Name     string
		Core     bool
		Text     string
		Language string
	}{Name: cmp.Or(name, "TERM")}
	_, _ = s.channel.SendRequest("exit-signal", false, ssh.Marshal(&msg))
}

// ended reports how a process ended, as sshd does.
func (s *session) ended(p *os.ProcessState) {
	if ws, ok := p.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		s.signal(strings.TrimPrefix(unix.SignalName(ws.Signal()), "SIG"))
		return
	}
	s.status(p.ExitCode())
}

// finish says that nothing more will come and closes the channel.
func (s *session) finish() {
	_ = s.channel.CloseWrite()
	_ = s.channel.Close()
}
