package worker

import (
	"net/netip"
	"time"
)

// maxSpared is how many addresses are remembered that have dropped connections and
// that nobody is at; sweepEvery is the least time between two looks for what can
// be forgotten.
const (
	maxSpared  = 4096
	sweepEvery = time.Second
)

// addresses spare those that drop connections before their banner, as an sshd does
// to which too many come at a time (sshd_config(5), MaxStartups): after a drop an
// address is left alone for a while, and half as many handshakes as there were may
// be under way with it from then on, and one more with each that succeeds. Who
// has its last try has the address alone. Of addresses that haven't dropped any
// it is only known how many handshakes are under way. The queue's lock guards it.
type addresses struct {
	of     map[netip.AddrPort]*address
	spared int // how many have dropped connections
	waits  int
	swept  time.Time
}

// address is one.
type address struct {
	busy  int       // handshakes that are under way
	most  int       // that may be; 0 while it has dropped none
	alone bool      // one that is under way must be the only one
	until time.Time // it is left alone
	aside []trial
}

func newAddresses() *addresses { return &addresses{of: make(map[netip.AddrPort]*address)} }

// enter takes a place among the handshakes, or puts the target aside. Where its
// address is left alone it says until when. A target whose address isn't known
// needs none.
func (a *addresses) enter(t *trial, now time.Time) (until time.Time, may bool) {
	if !t.at.IsValid() {
		return time.Time{}, true
	}
	at := a.of[t.at]
	if at == nil {
		at = new(address)
		a.of[t.at] = at
	}
	switch {
	case at.until.After(now):
		return at.until, false
	case len(at.aside) > 0 || !at.admits(t):
		at.aside = append(at.aside, *t)
		a.waits++
		return time.Time{}, false
	}
	at.begin(t)
	return time.Time{}, true
}

// admits tells that a handshake may begin.
func (at *address) admits(t *trial) bool {
	return !at.alone && (at.most == 0 || at.busy < at.most) && (!t.alone || at.busy == 0)
}

func (at *address) begin(t *trial) {
	at.busy++
	at.alone, t.knocks, t.lone = t.alone, true, t.alone
}

// leave gives a place back, and gives those who waited aside and have one now.
func (a *addresses) leave(t *trial, now time.Time) (next []trial) {
	if !t.knocks {
		return nil
	}
	t.knocks = false
	at := a.of[t.at]
	at.busy--
	at.alone = at.alone && !t.lone
	for len(at.aside) > 0 && !at.until.After(now) && at.admits(&at.aside[0]) {
		at.begin(&at.aside[0])
		next = append(next, at.aside[0])
		at.aside[0] = trial{} // which its line would be held by
		at.aside = at.aside[1:]
		a.waits--
	}
	if at.busy == 0 && at.most == 0 {
		delete(a.of, t.at)
	}
	return next
}

// grow takes note of a handshake that was a success.
func (a *addresses) grow(t *trial) {
	if at := a.of[t.at]; at != nil && at.most > 0 {
		at.most++
	}
}

// cut takes note of a drop, and gives those who have waited aside, and until when
// they wait now.
func (a *addresses) cut(t *trial, now time.Time, pause time.Duration) (until time.Time, waited []trial) {
	at := a.of[t.at]
	if at == nil {
		at = new(address)
		a.of[t.at] = at
	}
	if at.most == 0 {
		a.spared++
		at.most = at.busy
	}
	at.most = max(1, at.most/2)
	if end := now.Add(pause); end.After(at.until) {
		at.until = end
	}
	waited, at.aside = at.aside, nil
	a.waits -= len(waited)
	a.sweep(now)
	return at.until, waited
}

// sweep forgets the addresses that nobody is at, where there are too many.
func (a *addresses) sweep(now time.Time) {
	if a.spared <= maxSpared || now.Sub(a.swept) < sweepEvery {
		return
	}
	a.swept = now
	for key, at := range a.of {
		if at.busy == 0 && len(at.aside) == 0 && !at.until.After(now) {
			delete(a.of, key)
			a.spared--
		}
	}
}

// aside counts those that wait for a handshake to end.
func (a *addresses) aside() int { return a.waits }
