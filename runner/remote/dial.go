package remote

import (
	"context"
	"time"

	"golang.org/x/crypto/ssh"
)

// HostConfig is a host that one works on for a while, and how to get in.
type HostConfig struct {
	Address string // "host:port"
	User    string
	// Auth are the methods to offer, as in Login.
	Auth []ssh.AuthMethod
	// HostKeys judges the host's key; it must be given.
	HostKeys HostKeys
	// Algorithms are as in Login.
	Algorithms ssh.Algorithms
	// Connect bounds finding the name and TCP, Handshake what comes from
	// there until one is logged in, of each try. Zero or less is none.
	Connect, Handshake time.Duration
	// KeepAlive is the time between two questions to the host whether it is
	// still there; after 3 without an answer the connection is lost. Zero or
	// less asks nothing.
	KeepAlive time.Duration
}

// Dial reaches a host and logs in to it. One that drops the connection before its
// identification is tried again, up to DropTries more times, with pauses. The
// error is an *Error. The caller closes the connection.
func Dial(ctx context.Context, c HostConfig) (*Conn, error) {
	return patiently(ctx, func() (*Conn, error) { return dialOnce(ctx, c) })
}

func dialOnce(ctx context.Context, c HostConfig) (*Conn, error) {
	return dialBy(ctx, c, func(ctx context.Context, t ReachTimeouts) (*Reached, error) { return Reach(ctx, c.Address, t) })
}

// dialBy logs in to a host that is reached in some way.
func dialBy(ctx context.Context, c HostConfig, reach func(context.Context, ReachTimeouts) (*Reached, error)) (*Conn, error) {
	r, err := reach(ctx, ReachTimeouts{Connect: c.Connect, Banner: c.Handshake})
	if err != nil {
		return nil, err
	}
	if c.Handshake > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.Handshake-r.banner, &deadlineError{c.Handshake})
		defer cancel()
	}
	conn, err := r.Login(ctx, Login{User: c.User, Auth: c.Auth, HostKeys: c.HostKeys, Algorithms: c.Algorithms})
	if err != nil {
		return nil, err
	}
	if c.KeepAlive > 0 {
		conn.running.Go(func() { conn.keepAlive(c.KeepAlive) })
	}
	return conn, nil
}
