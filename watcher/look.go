package watcher

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// request says what to look at: everything, or some folders. Folders that
// haven't been seen yet are always looked at.
type request struct {
	all     bool
	folders map[string]bool
}

func (r *request) add(folder string) {
	if folder == "" {
		r.all = true
		return
	}
	if r.folders == nil {
		r.folders = map[string]bool{}
	}
	r.folders[folder] = true
}

func (r *request) empty() bool { return !r.all && len(r.folders) == 0 }

// news is what a look tells: a file that is there, or a warning, or, where it
// is zero, that the look is over.
type news struct {
	path    string
	warning error
}

// looker does the looking, in a goroutine of its own, since any read of a
// network file system may hang in the kernel.
type looker struct {
	*Watcher
	events   *events // nil where there are none
	requests chan request
	news     chan news
	ended    chan struct{} // closed when run has returned
	answers  atomic.Int64  // counts the answers of the file system

	found    map[string]bool // folders whose file was found
	seen     map[string]bool // folders that the last look saw
	unread   troubles        // what can't be read or judged
	unevents troubles        // what can't be watched for events
}

func newLooker(w *Watcher, e *events) *looker {
	return &looker{
		Watcher: w, events: e,
		requests: make(chan request), news: make(chan news), ended: make(chan struct{}),
		found: map[string]bool{},
	}
}

// run looks whenever it is asked, until ctx ends. It alone touches the file
// events, since closing them may have to wait for a hanging look.
func (l *looker) run(ctx context.Context) {
	defer close(l.ended)
	defer l.events.close()
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-l.requests:
			l.look(ctx, r)
			l.sayTroubles(ctx)
			l.tell(ctx, news{})
		}
	}
}

func (l *looker) tell(ctx context.Context, n news) {
	select {
	case <-ctx.Done():
	case l.news <- n:
	}
}

func (l *looker) sayTroubles(ctx context.Context) {
	for _, err := range l.unread.fresh() {
		l.tell(ctx, news{warning: err})
	}
	for _, err := range l.unevents.fresh() {
		l.tell(ctx, news{warning: l.noEvents(err)})
	}
}

func (l *looker) look(ctx context.Context, r request) {
	if r.all {
		// The folder may be another one than at the last look. Its parent
		// tells when it is made again.
		l.watch(filepath.Dir(l.Dir))
		l.watch(l.Dir)
	}
	entries, err := l.ReadDir(l.Dir)
	l.answers.Add(1)
	l.unread.set(l.Dir, err)
	if err != nil && !gone(err) {
		return
	}
	before := l.seen
	l.seen = make(map[string]bool, len(entries))
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() || strings.HasPrefix(name, ".") || l.found[name] {
			continue
		}
		l.seen[name] = true
		if r.all || r.folders[name] || !before[name] {
			l.lookInto(ctx, name)
		}
		if ctx.Err() != nil {
			return
		}
	}
	l.forget(before)
}

// forget drops the troubles of folders that are no longer there.
func (l *looker) forget(before map[string]bool) {
	for name := range before {
		if !l.seen[name] {
			path := filepath.Join(l.Dir, name)
			l.unread.set(path, nil)
			l.unevents.set(path, nil)
		}
	}
}

func (l *looker) lookInto(ctx context.Context, name string) {
	folder := filepath.Join(l.Dir, name)
	if l.Inside(name) {
		l.watch(folder) // before the read, so that nothing comes between the two
	}
	there, err := l.has(folder)
	if there {
		path := filepath.Join(folder, l.Name)
		if there, err = l.Accept(ctx, path); there && err == nil {
			l.found[name] = true
			l.tell(ctx, news{path: path})
			l.events.remove(folder)
		}
		l.answers.Add(1)
	}
	l.unread.set(folder, err)
}

// has reads the folder rather than ask for the one path: clients of network
// file systems remember that a name isn't there.
func (l *looker) has(folder string) (bool, error) {
	entries, err := l.ReadDir(folder)
	l.answers.Add(1)
	for _, e := range entries {
		if e.Name() == l.Name && e.Type().IsRegular() {
			return true, nil
		}
	}
	return false, err
}

func (l *looker) watch(folder string) {
	l.unevents.set(folder, l.events.add(folder))
	l.answers.Add(1)
}
