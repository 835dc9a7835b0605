package watcher

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
)

// troubles is what is wrong at the moment, by the path where it is. Its zero
// value is empty.
type troubles struct {
	now  map[string]error
	said map[string]bool // by cause
}

// set notes what is wrong with a path; nil, and that it isn't there, is fine.
func (t *troubles) set(path string, err error) {
	if err == nil || gone(err) {
		delete(t.now, path)
		return
	}
	if t.now == nil {
		t.now = map[string]error{}
	}
	t.now[path] = err
}

// fresh gives one error for each kind of trouble that has come since the last
// call: a share that has gone bad is one trouble, not one a folder.
func (t *troubles) fresh() []error {
	if len(t.now) == 0 {
		t.said = nil
		return nil
	}
	counts := map[string]int{}
	first := map[string]error{}
	for _, path := range slices.Sorted(maps.Keys(t.now)) {
		why := cause(t.now[path])
		if counts[why]++; counts[why] == 1 {
			first[why] = t.now[path]
		}
	}
	before := t.said
	t.said = map[string]bool{}
	var errs []error
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		t.said[why] = true
		switch more := counts[why] - 1; {
		case before[why]:
		case more > 0:
			errs = append(errs, fmt.Errorf("%w (and %d more like it)", first[why], more))
		default:
			errs = append(errs, first[why])
		}
	}
	return errs
}

// cause is what makes two troubles one kind: what the system says, whatever
// the path.
func cause(err error) string {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

// mendEvents says what gives file events where a limit keeps them away: what the
// system says of it is easily taken for a full disk.
func mendEvents(err error) string {
	switch {
	case errors.Is(err, syscall.EMFILE):
		return "; sysctl fs.inotify.max_user_instances, or ulimit -n, would have to be higher"
	case errors.Is(err, syscall.ENOSPC):
		return "; sysctl fs.inotify.max_user_watches would have to be higher"
	}
	return ""
}

// gone tells that an error only means that something isn't there, or is no
// folder.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// patience notices that a look gets no answer.
type patience struct {
	timer   *time.Timer
	waiting bool // a look is under way
	answers *atomic.Int64
	before  int64 // the answers when the timer was set
	said    bool  // during this look
}

func newPatience(answers *atomic.Int64) *patience {
	p := &patience{timer: time.NewTimer(silence), answers: answers}
	p.timer.Stop()
	return p
}

func (p *patience) begin() {
	p.waiting, p.said = true, false
	p.before = p.answers.Load()
	p.timer.Reset(silence)
}

func (p *patience) end() {
	p.waiting = false
	p.timer.Stop()
}

// lost is asked when the timer has gone off. It reports, once a look, that
// there was no answer all the while.
func (p *patience) lost() bool {
	answers := p.answers.Load()
	lost := answers == p.before && !p.said
	p.said = p.said || lost
	p.before = answers
	p.timer.Reset(silence)
	return lost
}
