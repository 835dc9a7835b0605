package ping

import (
	"context"
	"sync"
	"time"
)

// gap is the time between two questions over one socket. The echoes of more at
// a time overflow its receive buffer where it can't be made larger (it then
// holds a few hundred packets), and a host whose echo is lost there looks as if
// it were down.
const gap = 500 * time.Microsecond

// pace keeps questions apart. The zero value is ready.
type pace struct {
	mu   sync.Mutex
	next time.Time
}

// wait returns when it is the caller's turn, or with the error of ctx.
func (p *pace) wait(ctx context.Context) error {
	left := p.turn()
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turn takes the next turn and gives how far off it is.
func (p *pace) turn() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	turn := now
	if p.next.After(now) {
		turn = p.next
	}
	p.next = turn.Add(gap)
	return turn.Sub(now)
}
