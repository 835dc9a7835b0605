package fleet

import (
	"io"
	"net"
	"strconv"

	"golang.org/x/crypto/ssh"
)

// forward opens a connection to another address for the client, as a jump host does
// (RFC 4254, section 7.2): to loopback alone.
func (f *Fleet) forward(opened ssh.NewChannel) {
	var to struct {
		Host       string
		Port       uint32
		Origin     string
		OriginPort uint32
	}
	if err := ssh.Unmarshal(opened.ExtraData(), &to); err != nil {
		_ = opened.Reject(ssh.ConnectionFailed, "no address") // the client may have left
		return
	}
	if ip := net.ParseIP(to.Host); ip == nil || !ip.IsLoopback() {
		_ = opened.Reject(ssh.Prohibited, "loopback only")
		return
	}
	conn, err := new(net.Dialer).DialContext(f.ctx, "tcp", net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port))))
	if err != nil {
		_ = opened.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := opened.Accept()
	if err != nil {
		_ = conn.Close() // the client has left
		return
	}
	f.running.Go(func() { ssh.DiscardRequests(requests) })
	f.running.Go(func() {
		_, _ = io.Copy(channel, conn)
		_ = channel.CloseWrite()
	})
	_, _ = io.Copy(conn, channel)
	_, _ = conn.Close(), channel.Close()
}
