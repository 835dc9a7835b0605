package ping

import (
	"net"
	"syscall"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// bufferSize is how much a socket should hold of what nobody has read yet, in
// bytes: some thousands of echoes. While all processors are busy with logging
// in to targets, the echoes of others wait there.
const bufferSize = 4 << 20

// widen makes the receive buffer as large as the system allows; a smaller one
// does, if not as well.
func widen(conn *icmp.PacketConn) {
	inner := packetConn(conn)
	if c, ok := inner.(interface{ SetReadBuffer(bytes int) error }); ok {
		_ = c.SetReadBuffer(bufferSize) // see above
	}
	c, ok := inner.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := c.SyscallConn(); err == nil {
		_ = raw.Control(forceBuffer) // see above
	}
}

// packetConn is what is below a connection of either family.
func packetConn(conn *icmp.PacketConn) net.PacketConn {
	if p := conn.IPv4PacketConn(); p != nil {
		return p.PacketConn
	}
	return conn.IPv6PacketConn().PacketConn
}

// onlyReplies keeps the questions of others from a raw socket, which hears all
// there is. Where that can't be done, they are skipped as they are read.
func onlyReplies(conn *icmp.PacketConn) {
	if p := conn.IPv4PacketConn(); p != nil {
		var filter ipv4.ICMPFilter
		filter.SetAll(true)
		filter.Accept(ipv4.ICMPTypeEchoReply)
		_ = p.SetICMPFilter(&filter) // see above
		return
	}
	var filter ipv6.ICMPFilter
	filter.SetAll(true)
	filter.Accept(ipv6.ICMPTypeEchoReply)
	_ = conn.IPv6PacketConn().SetICMPFilter(&filter) // see above
}
