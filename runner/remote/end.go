package remote

import (
	"time"

	"golang.org/x/crypto/ssh"
)

// opened takes the channel of the command.
func (s *session) opened(channel ssh.Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channel = channel
}

// end ends a command whose time is over. It is asked to end first (RFC 4254,
// section 6.9), since a host that only loses the connection lets it run on, and
// what it still says within the grace is passed on. Not every host passes the
// signal on, and none has to: then the grace is waited for in vain, and the
// connection closed.
func (s *session) end(grace time.Duration) {
	defer s.conn.cut()
	s.mu.Lock()
	channel := s.channel
	s.mu.Unlock()
	if grace <= 0 || channel == nil {
		return
	}
	timer := time.AfterFunc(grace, s.conn.cut) // also when the host takes nothing any more
	defer timer.Stop()
	_, err := channel.SendRequest("signal", false, ssh.Marshal(&struct{ Name string }{"TERM"}))
	if err != nil {
		return // the line is lost
	}
	select {
	case <-s.over:
	case <-s.conn.ended:
	}
}
