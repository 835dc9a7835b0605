// Package watcher waits for files to appear in the folders below one folder.
//
// It is level-triggered: an event, a tick of the poll or the start only means
// "look again". The poll is the truth, and file events are a hurry-up, because
// they tell nothing of what another client of a network file system writes.
package watcher

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// defaultPoll is the time between two polls where none is given.
	defaultPoll = time.Minute
	// silence is how long a look may go without an answer of the file system
	// before that is said.
	silence = 30 * time.Second
	// grace is how long Watch waits at its end for a look to return.
	grace = 100 * time.Millisecond
)

// Watcher says what is waited for, and where. The zero values of all fields
// but Dir and Name are good. A Watcher isn't changed by its use, so that it
// can be used more than once.
type Watcher struct {
	// Dir is the folder whose subfolders are looked at, hidden ones and links
	// aside. It may not exist yet, and may vanish and come back.
	Dir string
	// Name is the name of the awaited file. Only regular files count.
	Name string
	// Poll is the time between two looks at everything; 0 means one minute.
	Poll time.Duration
	// Accept judges a file that is there; nil accepts all. What it refuses it
	// is asked about again at each look, since the file may be replaced by the
	// awaited one later. An error is a refusal that Warn hears of. It runs in
	// a goroutine of its own and may hang in the file system; ctx ends with
	// Watch.
	Accept func(ctx context.Context, path string) (bool, error)
	// Inside tells of a folder directly below Dir, by its name, whether the events
	// in it are wanted; nil means of all. Each event costs a waking, and some
	// folders hold files that are written thousands of times a second. Of a folder
	// whose events are not wanted a change of its own attributes is heard, as by
	// share.Dir.Touch, and the poll sees what nobody tells of.
	Inside func(folder string) bool
	// Warn hears of what goes wrong meanwhile: each kind of trouble once, and
	// again where it had gone and comes back. It and the argument of Watch are
	// called one at a time, in Watch's own goroutine. Nil hears nothing.
	Warn func(error)
	// Wake says that a folder directly below Dir may have changed, by its
	// name; "" means any. Nil means events of the file system.
	Wake <-chan string
	// ReadDir lists a folder; nil means os.ReadDir.
	ReadDir func(path string) ([]fs.DirEntry, error)

	// startEvents starts the source of file events; nil means
	// fsnotify.NewWatcher.
	startEvents func() (*fsnotify.Watcher, error)
}

// Watch calls found with the path of each file that is there and accepted,
// once a path, until found returns false; then it returns nil. It returns
// ctx.Err() when ctx ends, even where the file system hangs: a read that no
// signal can end is left behind, and ends by itself once it is answered.
func (w *Watcher) Watch(ctx context.Context, found func(path string) bool) error {
	v := w.filled()
	events, wake := v.events()
	inner, cancel := context.WithCancel(ctx)
	l := newLooker(v, events)
	go l.run(inner)
	defer func() {
		cancel()
		select {
		case <-l.ended:
		case <-time.After(grace):
		}
	}()
	return v.loop(ctx, l, wake, found)
}

// filled gives a copy with the defaults in.
func (w *Watcher) filled() *Watcher {
	v := *w
	v.Dir = filepath.Clean(v.Dir)
	if v.Poll <= 0 {
		v.Poll = defaultPoll
	}
	if v.Accept == nil {
		v.Accept = func(context.Context, string) (bool, error) { return true, nil }
	}
	if v.Inside == nil {
		v.Inside = func(string) bool { return true }
	}
	if v.Warn == nil {
		v.Warn = func(error) {}
	}
	if v.ReadDir == nil {
		v.ReadDir = os.ReadDir
	}
	if v.startEvents == nil {
		v.startEvents = fsnotify.NewWatcher
	}
	return &v
}

// events starts the file events, unless another source is given. Where they
// can't start, the poll alone has to do, and that is said.
func (w *Watcher) events() (*events, <-chan string) {
	if w.Wake != nil {
		return nil, w.Wake
	}
	e, err := startEvents(w.startEvents, w.Dir, w.Name)
	if err != nil {
		w.Warn(w.noEvents(err))
		return nil, nil
	}
	return e, e.hints
}

func (w *Watcher) noEvents(err error) error {
	return fmt.Errorf("no file events, so that %s is only looked at every %v: %w%s", w.Dir, w.Poll, err, mendEvents(err))
}

// loop has at most one look under way. What asks for another one meanwhile is
// gathered into one.
func (w *Watcher) loop(ctx context.Context, l *looker, wake <-chan string, found func(string) bool) error {
	poll := time.NewTicker(w.Poll)
	defer poll.Stop()
	patience := newPatience(&l.answers)
	defer patience.timer.Stop()
	next := request{all: true}
	for {
		requests := l.requests
		if patience.waiting || next.empty() {
			requests = nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
			next.all = true
		case folder, open := <-wake:
			if !open {
				wake = nil
				continue
			}
			next.add(folder)
		case requests <- next:
			next = request{}
			patience.begin()
		case <-patience.timer.C:
			if patience.lost() {
				w.Warn(fmt.Errorf("%s has not answered for %v", w.Dir, silence))
			}
		case n := <-l.news:
			switch {
			case n.warning != nil:
				w.Warn(n.warning)
			case n.path == "":
				patience.end()
			case !found(n.path):
				return nil
			}
		}
	}
}
