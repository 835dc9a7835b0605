package ping

import "golang.org/x/sys/unix"

// forceBuffer goes beyond the system's bound, which CAP_NET_ADMIN allows
// (socket(7), SO_RCVBUFFORCE).
func forceBuffer(fd uintptr) {
	_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, bufferSize) // a smaller one does
}
