package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	// perJump is how many connections go through one to a jump host before another
	// one is made; maxJumps is how many of these there are at the most.
	perJump  = 64
	maxJumps = 4
	// jumpPause is how long a jump host is left alone that could not be reached.
	jumpPause = 5 * time.Second
)

// Jump is a host that others are reached through (ssh_config(5), ProxyJump). All
// share a few connections to it. It is safe for concurrent use; whoever made it
// closes it.
type Jump struct {
	name string
	dial func(context.Context) (*Conn, error)

	dialing chan struct{} // holds one while nobody dials

	mu     sync.Mutex
	conns  []*carrier
	failed error // what the last try came to, until then
	until  time.Time
	closed bool
}

// carrier is one connection, and how many go through it.
type carrier struct {
	conn *Conn
	load int
}

// NewJump makes one that dials when it is needed. The name is for messages.
func NewJump(name string, dial func(context.Context) (*Conn, error)) *Jump {
	j := &Jump{name: name, dial: dial, dialing: make(chan struct{}, 1)}
	j.dialing <- struct{}{}
	return j
}

// Close ends all connections, and all that goes through them.
func (j *Jump) Close() error {
	j.mu.Lock()
	j.closed = true
	conns := j.conns
	j.conns = nil
	j.mu.Unlock()
	for _, c := range conns {
		_ = c.conn.Close() // it gives no error
	}
	return nil
}

// connect opens a connection to an address. The error is an *Error that names the
// jump host.
func (j *Jump) connect(ctx context.Context, address string) (net.Conn, error) {
	c, err := j.carrier(ctx)
	if err != nil {
		return nil, j.fault(&JumpError{err})
	}
	conn, err := c.conn.through(ctx, address)
	if err != nil {
		j.put(c)
		if e := new(Error); errors.As(err, &e) && (e.Kind == KindDenied || e.Kind == KindLost) {
			err = &JumpError{err}
		}
		return nil, j.fault(err)
	}
	return &carried{Conn: conn, done: sync.OnceFunc(func() { j.put(c) })}, nil
}

// JumpError tells that a jump host is at fault, and nothing is known of the target.
type JumpError struct{ Err error }

// Error says what is wrong with it.
func (e *JumpError) Error() string { return e.Err.Error() }

// Unwrap gives that.
func (e *JumpError) Unwrap() error { return e.Err }

// carried gives its place back when it is closed.
type carried struct {
	net.Conn
	done func()
}

// Close ends it.
func (c *carried) Close() error {
	c.done()
	return c.Conn.Close()
}

func (j *Jump) fault(err error) error {
	e := new(Error)
	if !errors.As(err, &e) {
		e = &Error{Phase: PhaseConnect, Kind: KindUnreachable, Err: err}
	}
	return &Error{Phase: PhaseConnect, Kind: e.Kind, Err: fmt.Errorf("through %s: %w", j.name, err)}
}

// carrier gives the connection that the fewest go through, after making one where
// there is none, or all have much to carry.
func (j *Jump) carrier(ctx context.Context) (*carrier, error) {
	for {
		c, enough, err := j.take()
		if c != nil && enough || err != nil {
			return c, err
		}
		select {
		case <-j.dialing:
			err = j.add(ctx)
			j.dialing <- struct{}{}
		default:
			if c != nil {
				return c, nil // another one is on its way
			}
			select {
			case <-j.dialing:
				j.dialing <- struct{}{} // whoever dialled is done
			case <-ctx.Done():
				return nil, limitError(ctx, PhaseConnect)
			}
			continue
		}
		if c != nil {
			return c, nil //nolint:nilerr // one is there, that another couldn't be had beside it
		}
		if err != nil {
			return nil, err
		}
	}
}

// take takes a place on the connection with the fewest; enough tells that no other
// is needed. The error is why there is none, and none is to be made now.
func (j *Jump) take() (best *carrier, enough bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	live := j.conns[:0]
	for _, c := range j.conns {
		if c.conn.isLost() {
			continue
		}
		live = append(live, c)
		if best == nil || c.load < best.load {
			best = c
		}
	}
	j.conns = live
	waits := time.Now().Before(j.until)
	switch {
	case j.closed:
		return nil, false, errors.New("the jump is closed")
	case best == nil && waits:
		return nil, false, j.failed
	case best == nil:
		return nil, false, nil
	}
	best.load++
	return best, best.load <= perJump || len(j.conns) >= maxJumps || waits, nil
}

func (j *Jump) put(c *carrier) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c.load--
}

// add makes one more connection. It is called by one goroutine at a time.
func (j *Jump) add(ctx context.Context) error {
	conn, err := j.dial(ctx)
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case err != nil && ctx.Err() != nil:
		return err // it says nothing of the jump host
	case err != nil:
		j.failed, j.until = err, time.Now().Add(jumpPause)
		return err
	case j.closed:
		return errors.Join(errors.New("the jump is closed"), conn.Close())
	}
	j.conns, j.until = append(j.conns, &carrier{conn: conn}), time.Time{}
	return nil
}

// isLost tells that the connection has ended.
func (c *Conn) isLost() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// ReachThrough is Reach for a host that is reached through another one.
func ReachThrough(ctx context.Context, j *Jump, address string, t ReachTimeouts) (*Reached, error) {
	return greet(ctx, address, t, func(ctx context.Context) (net.Conn, error) { return j.connect(ctx, address) })
}

// DialThrough is Dial for a host that is reached through another one.
func DialThrough(ctx context.Context, j *Jump, c HostConfig) (*Conn, error) {
	return patiently(ctx, func() (*Conn, error) {
		return dialBy(ctx, c, func(ctx context.Context, t ReachTimeouts) (*Reached, error) {
			return ReachThrough(ctx, j, c.Address, t)
		})
	})
}
