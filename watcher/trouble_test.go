package watcher

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

func wantWarned(t *testing.T, w *watch, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, w.warned); diff != "" {
		t.Errorf("warned (-want +got):\n%s", diff)
	}
}

func TestAFolderThatCantBeReadForAWhileIsSaidOnce(t *testing.T) {
	for _, tt := range []struct {
		path string
		err  error
		want string
	}{
		{"prefix", syscall.ESTALE, "open prefix: stale file handle"},
		{"prefix", syscall.EIO, "open prefix: input/output error"},
		{"prefix/1.xaa", syscall.EACCES, "open prefix/1.xaa: permission denied"},
		{"prefix/1.xaa", errors.New("out of order"), "open prefix/1.xaa: out of order"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				files := newTree("prefix/1.xaa/")
				w := watching(t, files, 9)
				files.fail(tt.path, tt.err)
				polls(10)
				wantWarned(t, w, tt.want)
				files.fail(tt.path, nil)
				polls(1)
				files.fail(tt.path, tt.err)
				polls(10)
				wantWarned(t, w, tt.want, tt.want)
				files.fail(tt.path, nil)
				files.put("prefix/1.xaa/.done")
				polls(1)
				wantFound(t, w, "prefix/1.xaa/.done")
			})
		})
	}
}

func TestAnotherTroubleIsSaidToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/")
		w := watching(t, files, 9)
		files.fail("prefix", syscall.ESTALE)
		polls(2)
		files.fail("prefix", syscall.EIO)
		polls(2)
		wantWarned(t, w, "open prefix: stale file handle", "open prefix: input/output error")
	})
}

func TestOneTroubleOfManyFoldersIsOneWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree()
		w := watching(t, files, 9)
		for i := range 1000 {
			folder := fmt.Sprintf("prefix/1.%04d", i)
			files.put(folder + "/")
			files.fail(folder, syscall.EIO)
		}
		polls(3)
		wantWarned(t, w, "open prefix/1.0000: input/output error (and 999 more like it)")
	})
}

func TestTheTroubleOfAFolderThatIsGoneIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const want = "open prefix/1.xaa: input/output error"
		files := newTree("prefix/1.xaa/", "prefix/1.xab/")
		files.fail("prefix/1.xaa", syscall.EIO)
		w := watching(t, files, 9)
		wantWarned(t, w, want)
		files.remove("prefix/1.xaa")
		polls(1)
		files.put("prefix/1.xaa/")
		polls(1)
		wantWarned(t, w, want, want)
	})
}

func TestAFolderThatIsReplacedByAFileIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/")
		files.fail("prefix/1.xaa", syscall.ENOTDIR)
		w := watching(t, files, 9)
		polls(2)
		wantWarned(t, w)
	})
}

func TestWatchEndsAlthoughAReadHangs(t *testing.T) {
	for _, path := range []string{"prefix", "prefix/1.xaa"} {
		t.Run(path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				files := newTree("prefix/1.xaa/.done")
				goOn := files.hang(path)
				w := watching(t, files, 9)
				polls(10)
				wantWarned(t, w, "prefix has not answered for 30s")
				w.stop()
				time.Sleep(grace)
				synctest.Wait()
				if !w.ended || !errors.Is(w.err, context.Canceled) {
					t.Errorf("Watch ended: %v, with %v; want context.Canceled", w.ended, w.err)
				}
				goOn()
			})
		})
	}
}

func TestWatchGoesOnWhenAHangingReadReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/")
		w := watching(t, files, 9)
		for range 2 {
			goOn := files.hang(wanted)
			polls(10)
			goOn()
			polls(1)
		}
		wantWarned(t, w, "prefix has not answered for 30s", "prefix has not answered for 30s")
		files.put("prefix/1.xaa/.done")
		polls(1)
		wantFound(t, w, "prefix/1.xaa/.done")
	})
}

func TestASlowShareIsNotSaidToHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/", "prefix/1.xab/", "prefix/1.xac/", "prefix/1.xad/.done")
		files.delay = 20 * time.Second
		w := watching(t, files, 9)
		polls(30)
		wantWarned(t, w)
		wantFound(t, w, "prefix/1.xad/.done")
	})
}

func TestWithoutEventsThePollGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/")
		w := watching(t, files, 9, func(v *Watcher) {
			v.Wake = nil
			v.startEvents = func() (*fsnotify.Watcher, error) { return nil, syscall.EMFILE }
		})
		files.put("prefix/1.xaa/.done")
		polls(5)
		wantWarned(t, w, "no file events, so that prefix is only looked at every 1m0s: too many open files"+
			"; sysctl fs.inotify.max_user_instances, or ulimit -n, would have to be higher")
		wantFound(t, w, "prefix/1.xaa/.done")
	})
}

func TestAWatcherWithoutWarnIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/.done")
		files.fail("prefix", fs.ErrPermission)
		w := watching(t, files, 1, func(v *Watcher) { v.Warn = nil })
		files.fail("prefix", nil)
		polls(1)
		wantFound(t, w, "prefix/1.xaa/.done")
	})
}
