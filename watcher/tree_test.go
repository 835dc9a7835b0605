package watcher

import (
	"context"
	"io/fs"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tree is a file system in memory whose reads can fail and hang.
type tree struct {
	mu    sync.Mutex
	files fstest.MapFS
	fails map[string]error         // by path
	hangs map[string]chan struct{} // reads of the path wait until it is closed
	reads int
	delay time.Duration // of each read
}

func newTree(files ...string) *tree {
	t := &tree{files: fstest.MapFS{}, fails: map[string]error{}, hangs: map[string]chan struct{}{}}
	t.put(files...)
	return t
}

// put makes files, or folders where the name ends in a slash.
func (t *tree) put(files ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range files {
		entry := &fstest.MapFile{}
		if strings.HasSuffix(f, "/") {
			entry.Mode = fs.ModeDir
		}
		t.files[path.Clean(f)] = entry
	}
}

func (t *tree) remove(folder string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for f := range t.files {
		if f == folder || strings.HasPrefix(f, folder+"/") {
			delete(t.files, f)
		}
	}
}

func (t *tree) fail(path string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fails[path] = err
}

func (t *tree) hang(path string) (goOn func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stop := make(chan struct{})
	t.hangs[path] = stop
	return sync.OnceFunc(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.hangs, path)
		close(stop)
	})
}

// counted gives the number of reads since it was last asked.
func (t *tree) counted() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.reads
	t.reads = 0
	return n
}

func (t *tree) ReadDir(path string) ([]fs.DirEntry, error) {
	t.mu.Lock()
	t.reads++
	hang, err := t.hangs[path], t.fails[path]
	t.mu.Unlock()
	if hang != nil {
		<-hang
	}
	time.Sleep(t.delay)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.files.ReadDir(path)
}

// watch is a Watch under way in a synctest bubble. Its fields are read after
// synctest.Wait.
type watch struct {
	wake   chan string
	found  []string
	warned []string
	ended  bool
	err    error
	stop   context.CancelFunc
}

// wanted is the folder that the tests in memory watch.
const wanted = "prefix"

// watching starts a Watch that wants enough files, waits for its first look
// and stops it at the end of the test.
func watching(t *testing.T, files *tree, enough int, with ...func(*Watcher)) *watch {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	w := &watch{wake: make(chan string), stop: stop}
	v := &Watcher{
		Dir: wanted, Name: ".done", Wake: w.wake, ReadDir: files.ReadDir,
		Warn: func(err error) { w.warned = append(w.warned, err.Error()) },
	}
	for _, f := range with {
		f(v)
	}
	go func() {
		w.err = v.Watch(ctx, func(path string) bool {
			w.found = append(w.found, path)
			return len(w.found) < enough
		})
		w.ended = true
	}()
	t.Cleanup(func() {
		stop()
		time.Sleep(time.Minute) // a look may be slow
	})
	synctest.Wait()
	return w
}

// polls lets time pass until the next n polls are over.
func polls(n int) {
	time.Sleep(time.Duration(n) * defaultPoll)
	synctest.Wait()
}

// event says that a folder has changed, and waits for the look.
func (w *watch) event(folder string) {
	w.wake <- folder
	synctest.Wait()
}
