package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/remote"
)

// maxRefusals is on how many targets a password may be refused before one has taken
// it.
const maxRefusals = 3

// errWait tells that another target is being tried with the password.
var errWait = errors.New("the password is tried on another target first")

// password is the one for the targets, as its user has typed it. Until a target has
// taken it only one at a time is tried with it: a mistyped one, sent to many, would
// lock an account out everywhere.
type password struct {
	ask  func(prompt string) (string, error)
	user string

	turn   chan struct{} // holds one while nobody tries
	proven chan struct{} // closed when a target has taken it

	mu     sync.Mutex // guards what follows
	secret string
	again  bool     // it was asked for a second time
	by     []string // who has refused it
}

// askPassword asks for it, before any target is tried.
func askPassword(user string, ask func(string) (string, error)) (*password, error) {
	p := &password{ask: ask, user: user, turn: make(chan struct{}, 1), proven: make(chan struct{})}
	p.turn <- struct{}{}
	secret, err := ask(fmt.Sprintf("%s on the targets, password: ", user))
	if err == nil && secret == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("password of %s: %w", user, err)
	}
	p.secret = secret
	return p, nil
}

func (p *password) isProven() bool {
	select {
	case <-p.proven:
		return true
	default:
		return false
	}
}

// prove opens the way for all. The caller has the turn, or it is open.
func (p *password) prove() {
	if !p.isProven() {
		close(p.proven)
	}
}

// wait waits until the turn is the caller's, or nobody needs one any more.
func (p *password) wait(ctx context.Context) (mine bool, err error) {
	select {
	case <-p.turn:
		return true, nil
	case <-p.proven:
		return false, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// refused takes note of a target that did not take the password. Where it was the
// first it asks again, and reports true: the target is worth another try with what
// was typed then. The error is that there were too many. The caller has the turn.
func (p *password) refused(by string) (another bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.again {
		p.again = true
		secret, err := p.ask(fmt.Sprintf("%s refused it; %s on the targets, password: ", by, p.user))
		if err != nil {
			return false, fmt.Errorf("password of %s: %w", p.user, err)
		}
		p.secret = secret
		return true, nil
	}
	p.by = append(p.by, by)
	if len(p.by) < maxRefusals {
		return false, nil
	}
	return false, fmt.Errorf("the password of %s was refused by %s, and taken by nobody: no other target is tried", p.user, strings.Join(p.by, ", "))
}

// knock is one target's way in, with the password where it asks for that.
type knock struct {
	*visit
	mine  bool // it has the turn
	late  bool // it was another's
	offer remote.Offer
}

// in logs in to a target. The verdict is good where there is no connection; the
// error is one of this host.
func (v *visit) in(ctx context.Context, reached *remote.Reached) (*remote.Conn, verdict, error) {
	k := &knock{visit: v}
	defer k.leave()
	for {
		k.offer, k.late = remote.Offer{Secret: k.secret}, false
		conn, err := v.login(ctx, reached, k.methods())
		again, stop := k.learn(ctx, err)
		switch {
		case stop != nil:
			return nil, verdict{}, stop
		case err == nil:
			return conn, verdict{}, nil
		case !again:
			return nil, notIn(err), nil
		}
		if reached, err = v.reach(ctx); err != nil {
			return nil, v.unreached(err), nil
		}
	}
}

// methods are the ways in, keys first.
func (k *knock) methods() []ssh.AuthMethod {
	var all []ssh.AuthMethod
	if k.there.auth != nil {
		all = append(all, k.there.auth)
	}
	if k.password != nil {
		all = append(all, k.offer.Methods()...)
	}
	return all
}

// secret is asked for by a target that wants the password.
func (k *knock) secret() (string, error) {
	p := k.password
	if !k.mine && !p.isProven() {
		select {
		case <-p.turn:
			k.mine = true
		default:
			k.late = true
			return "", errWait
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.secret, nil
}

// learn says whether the target is worth another login after one that ended with an
// error, or none. It waits where it was another's turn.
func (k *knock) learn(ctx context.Context, err error) (again bool, stop error) {
	p := k.password
	switch {
	case p == nil:
		return false, nil
	case k.late && !k.offer.Sent() && err != nil:
		k.mine, err = p.wait(ctx)
		return err == nil, nil //nolint:nilerr // we end; the caller sees that
	case !k.offer.Sent() || p.isProven():
		return false, nil
	case err == nil:
		p.prove()
		return false, nil
	case isRefusal(err):
		return p.refused(k.target.Host)
	}
	return false, nil
}

// isRefusal tells a password that wasn't taken from a line that was lost.
func isRefusal(err error) bool {
	failed := new(remote.Error)
	return errors.As(err, &failed) && failed.Kind == remote.KindAuth && !errors.Is(err, remote.ErrStrangeQuestion)
}

// leave gives the turn back.
func (k *knock) leave() {
	if k.mine {
		k.password.turn <- struct{}{}
	}
}
