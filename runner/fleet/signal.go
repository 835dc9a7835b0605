package fleet

import (
	"syscall"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"
)

// leads takes the process group of what runs; 0 where it has ended.
func (s *session) leads(group int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.group = group
}

// pass passes a signal on to the process group of what runs, as sshd does (RFC
// 4254, section 6.9). Nobody waits for a word about it.
func (s *session) pass(r *ssh.Request) {
	var msg struct{ Name string }
	if ssh.Unmarshal(r.Payload, &msg) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := unix.SignalNum("SIG" + msg.Name); n != 0 && s.group != 0 {
		_ = syscall.Kill(-s.group, n) // it may have ended
	}
}
