package remote

import (
	"errors"
	"io"
	"net"
	"slices"
	"syscall"
)

// dialError tells what a failed dial means.
func dialError(err error) *Error {
	e := &Error{Phase: PhaseConnect, Kind: KindLost, Err: err}
	if dns := new(net.DNSError); errors.As(err, &dns) {
		e.Phase, e.Kind = PhaseResolve, KindResolve
	}
	var bad *net.AddrError
	var unknown net.UnknownNetworkError
	var parse *net.ParseError
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout(): // ETIMEDOUT too
		e.Kind = KindTimeout
	case errors.As(err, &bad), errors.As(err, &unknown), errors.As(err, &parse):
		e.Phase, e.Kind = PhaseResolve, KindResolve
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Kind = KindRefused
	case isAny(err, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENETDOWN, syscall.EHOSTDOWN,
		syscall.EACCES, syscall.EPERM, syscall.EINVAL):
		// EACCES and EPERM are a firewall's, EINVAL is an address without
		// a way to it, such as a link-local one without its zone.
		e.Kind = KindUnreachable
	case isLocal(err):
		e.Kind = KindLocal
	}
	return e
}

// isLocal reports whether this side lacks something: file descriptors, ports,
// memory, or IPv6 altogether.
func isLocal(err error) bool {
	return isAny(err, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM,
		syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT)
}

// isLine reports whether the connection ended, rather than what came over it
// made no sense.
func isLine(err error) bool {
	op := new(net.OpError)
	return errors.As(err, &op) || isAny(err, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNRESET, syscall.EPIPE)
}

func isAny(err error, these ...error) bool {
	return slices.ContainsFunc(these, func(e error) bool { return errors.Is(err, e) })
}
