package watcher

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// diskWatch is a Watch of a folder on disk that only events wake.
type diskWatch struct {
	dir   string
	found chan string
	// source is where the events come from, once Watch has begun.
	source chan *fsnotify.Watcher
}

func watchingReal(t *testing.T, with ...func(*Watcher)) *diskWatch {
	t.Helper()
	r := &diskWatch{
		dir:   filepath.Join(t.TempDir(), "prefix"),
		found: make(chan string, 2000), source: make(chan *fsnotify.Watcher, 1),
	}
	mkdir(t, r.dir)
	looked := make(chan struct{}, 1)
	w := &Watcher{
		Dir: r.dir, Name: ".done", Poll: time.Hour,
		Warn: func(err error) { t.Errorf("warned: %v", err) },
		ReadDir: func(path string) ([]os.DirEntry, error) {
			select {
			case looked <- struct{}{}:
			default:
			}
			return os.ReadDir(path)
		},
		startEvents: func() (*fsnotify.Watcher, error) {
			source, err := fsnotify.NewWatcher()
			if err == nil {
				r.source <- source
			}
			return source, err
		},
	}
	for _, f := range with {
		f(w)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.Watch(ctx, func(path string) bool { r.found <- path; return true })
	}()
	t.Cleanup(func() { stop(); <-ended })
	<-looked // the folder's own events are on now
	return r
}

func (r *diskWatch) path(elems ...string) string {
	return filepath.Join(append([]string{r.dir}, elems...)...)
}

func (r *diskWatch) await(t *testing.T, folder string) {
	t.Helper()
	select {
	case got := <-r.found:
		if want := r.path(folder, ".done"); got != want {
			t.Fatalf("found %s, want %s", got, want)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("%s: not found", folder)
	}
}

func mkdir(tb testing.TB, path string) {
	tb.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		tb.Fatal(err)
	}
}

func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// finish makes the awaited file as workers do, by rename.
func finish(tb testing.TB, folder string) {
	tb.Helper()
	write(tb, filepath.Join(folder, ".new"), "now\n")
	if err := os.Rename(filepath.Join(folder, ".new"), filepath.Join(folder, ".done")); err != nil {
		tb.Fatal(err)
	}
}

func TestAnEventOnDiskIsEnough(t *testing.T) {
	r := watchingReal(t)
	mkdir(t, r.path("1.xaa"))
	finish(t, r.path("1.xaa"))
	r.await(t, "1.xaa")
	mkdir(t, r.path("1.xab"))
	write(t, r.path("1.xab", ".done"), "now\n")
	r.await(t, "1.xab")
}

func TestAFolderThatIsNotListenedToIsLookedAtWhenItIsTouched(t *testing.T) {
	r := watchingReal(t, func(w *Watcher) { w.Inside = func(folder string) bool { return folder != "1.xaa" } })
	source := <-r.source
	mkdir(t, r.path("1.xaa"))
	mkdir(t, r.path("1.xab")) // when this one is found, the other was looked at
	finish(t, r.path("1.xab"))
	r.await(t, "1.xab")
	finish(t, r.path("1.xaa"))
	if slices.Contains(source.WatchList(), r.path("1.xaa")) {
		t.Error("it is listened to")
	}
	now := time.Now()
	if err := os.Chtimes(r.path("1.xaa"), now, now); err != nil {
		t.Fatal(err)
	}
	r.await(t, "1.xaa")
}

// onlyOurs accepts files that begin with "ours", and tells of each refusal.
func onlyOurs(refused chan<- string) func(*Watcher) {
	return func(w *Watcher) {
		w.Accept = func(_ context.Context, path string) (bool, error) {
			text, err := os.ReadFile(path)
			ours := strings.HasPrefix(string(text), "ours")
			if !ours {
				refused <- path
			}
			return ours, err
		}
	}
}

func TestAFileRewrittenInPlaceIsAskedAboutAgain(t *testing.T) {
	refused := make(chan string, 100)
	r := watchingReal(t, onlyOurs(refused))
	mkdir(t, r.path("1.xaa"))
	write(t, r.path("1.xaa", ".done"), "theirs\n")
	<-refused
	write(t, r.path("1.xaa", ".done"), "ours\n")
	r.await(t, "1.xaa")
}

func TestLostEventsMeanToLookAtEverything(t *testing.T) {
	refused := make(chan string, 100)
	r := watchingReal(t, onlyOurs(refused))
	mkdir(t, r.path("1.xaa"))
	finish(t, r.path("1.xaa"))
	<-refused
	source := <-r.source
	if err := source.Remove(r.path("1.xaa")); err != nil { // its events are lost from here on
		t.Fatal(err)
	}
	write(t, r.path("1.xaa", ".done"), "ours\n")
	source.Errors <- fsnotify.ErrEventOverflow
	r.await(t, "1.xaa")
}

func TestAFolderMadeAgainOnDiskHasEventsAgain(t *testing.T) {
	r := watchingReal(t)
	for i := range 5 {
		if err := os.RemoveAll(r.dir); err != nil {
			t.Fatal(err)
		}
		folder := fmt.Sprintf("%d.xaa", i)
		mkdir(t, r.path(folder))
		finish(t, r.path(folder))
		r.await(t, folder)
	}
}

func TestAFolderMovedAwayAndReplacedHasEventsAgain(t *testing.T) {
	r := watchingReal(t)
	mkdir(t, r.path("1.xaa"))
	if err := os.Rename(r.dir, r.dir+".away"); err != nil {
		t.Fatal(err)
	}
	mkdir(t, r.path("1.xaa"))
	finish(t, r.path("1.xaa"))
	r.await(t, "1.xaa")
}

func TestAThousandFilesOnDiskAreEachFoundOnce(t *testing.T) {
	r := watchingReal(t)
	want := map[string]bool{}
	for i := range 1000 {
		folder := r.path(fmt.Sprintf("1.%04d", i))
		mkdir(t, folder)
		finish(t, folder)
		want[filepath.Join(folder, ".done")] = true
	}
	for len(want) > 0 {
		select {
		case path := <-r.found:
			if !want[path] {
				t.Fatalf("%s: found twice, or never made", path)
			}
			delete(want, path)
		case <-time.After(30 * time.Second):
			t.Fatalf("%d of 1,000 files not found", len(want))
		}
	}
}

func TestFoldersThatCantHaveEventsAreSaidOnce(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		mkdir(t, filepath.Join(dir, fmt.Sprint("1.", i)))
	}
	finish(t, filepath.Join(dir, "1.9"))
	var warned []string
	w := &Watcher{
		Dir: dir, Name: ".done", Poll: time.Millisecond,
		Warn: func(err error) { warned = append(warned, err.Error()) },
		startEvents: func() (*fsnotify.Watcher, error) {
			source, err := fsnotify.NewWatcher()
			if err == nil {
				err = source.Close()
			}
			return source, err
		},
	}
	var found int
	if err := w.Watch(t.Context(), func(string) bool {
		found++
		finish(t, filepath.Join(dir, "1.0")) // for the poll to find
		return found < 2
	}); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("no file events, so that %s is only looked at every 1ms: fsnotify: watcher already closed (and 11 more like it)", dir)
	if len(warned) != 1 || warned[0] != want {
		t.Errorf("warned %q, want %q once", warned, want)
	}
}

func TestOnlyTheAwaitedFileWakes(t *testing.T) {
	e := &events{dir: "/d/prefix", name: ".done"}
	for _, tt := range []struct {
		event  fsnotify.Event
		folder string
		ok     bool
	}{
		{fsnotify.Event{Name: "/d/prefix", Op: fsnotify.Create}, "", true},
		{fsnotify.Event{Name: "/d/prefix", Op: fsnotify.Remove}, "", true},
		{fsnotify.Event{Name: "/d/other", Op: fsnotify.Create}, "", false},
		{fsnotify.Event{Name: "/d/prefix/1.xaa", Op: fsnotify.Create}, "1.xaa", true},
		{fsnotify.Event{Name: "/d/prefix/1.xaa/.done", Op: fsnotify.Create}, "1.xaa", true},
		{fsnotify.Event{Name: "/d/prefix/1.xaa/.done", Op: fsnotify.Write}, "1.xaa", true},
		{fsnotify.Event{Name: "/d/prefix/1.xaa/.record", Op: fsnotify.Write}, "", false},
		{fsnotify.Event{Name: "/d/prefix/1.xaa/output/.done", Op: fsnotify.Create}, "", false},
	} {
		folder, ok := e.hint(tt.event)
		if ok != tt.ok || ok && folder != tt.folder {
			t.Errorf("%v: hint %q, %v; want %q, %v", tt.event, folder, ok, tt.folder, tt.ok)
		}
	}
}
