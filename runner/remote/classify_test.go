package remote

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestAFailedDialTellsWhy(t *testing.T) {
	call := func(errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)}
	}
	cases := []struct {
		err   error
		phase Phase
		kind  Kind
	}{
		{call(syscall.ECONNREFUSED), PhaseConnect, KindRefused},
		{call(syscall.EHOSTUNREACH), PhaseConnect, KindUnreachable},
		{call(syscall.ENETUNREACH), PhaseConnect, KindUnreachable},
		{call(syscall.ENETDOWN), PhaseConnect, KindUnreachable},
		{call(syscall.EACCES), PhaseConnect, KindUnreachable},
		{call(syscall.ETIMEDOUT), PhaseConnect, KindTimeout},
		{call(syscall.ECONNRESET), PhaseConnect, KindLost},
		{call(syscall.EMFILE), PhaseConnect, KindLocal},
		{call(syscall.EADDRNOTAVAIL), PhaseConnect, KindLocal},
		{call(syscall.EAFNOSUPPORT), PhaseConnect, KindLocal},
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, PhaseResolve, KindResolve},
		{&net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}, PhaseResolve, KindTimeout},
		{&net.OpError{Op: "dial", Err: &net.AddrError{Err: "missing port"}}, PhaseResolve, KindResolve},
		{&net.ParseError{Type: "IP address"}, PhaseResolve, KindResolve},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.err), func(t *testing.T) {
			if e := dialError(c.err); e.Phase != c.phase || e.Kind != c.kind {
				t.Errorf("got %s: %s, want %s: %s", e.Phase, e.Kind, c.phase, c.kind)
			}
		})
	}
}
