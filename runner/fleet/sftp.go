package fleet

import (
	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// wantsSFTP reports whether a request is for the SFTP subsystem (RFC 4254,
// section 6.5).
func wantsSFTP(r *ssh.Request) bool {
	var msg struct{ Name string }
	return r.Type == "subsystem" && ssh.Unmarshal(r.Payload, &msg) == nil && msg.Name == "sftp"
}

// sftp serves files as this process may, relative ones from the home, until
// the client ends it.
func (s *session) sftp() {
	// Its last answer may still be on its way, beside which x/crypto allows for
	// no CloseWrite.
	defer func() { _ = s.channel.Close() }()
	server, err := sftp.NewServer(s.channel, sftp.WithServerWorkingDirectory(s.fleet.cfg.Dir))
	if err != nil {
		s.status(cannotRun)
		return
	}
	_ = server.Serve() // the client has heard of what failed
	s.status(0)
}
