package watcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func wantFound(t *testing.T, w *watch, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, w.found); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

func TestAFileThatIsThereAtTheStartIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watching(t, newTree("prefix/1.xaa/.done"), 1)
		wantFound(t, w, "prefix/1.xaa/.done")
		if !w.ended || w.err != nil {
			t.Errorf("Watch ended: %v, with %v; want an end without an error", w.ended, w.err)
		}
	})
}

func TestAFileIsFoundAtItsEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/", "prefix/1.xab/")
		w := watching(t, files, 9)
		files.put("prefix/1.xab/.done")
		w.event("1.xab")
		wantFound(t, w, "prefix/1.xab/.done")
	})
}

func TestAFileWhoseEventWasLostIsFoundByThePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/")
		w := watching(t, files, 9)
		polls(60)
		wantFound(t, w)
		files.put("prefix/1.xaa/.done")
		polls(1)
		wantFound(t, w, "prefix/1.xaa/.done")
	})
}

func TestFoldersMadeLateAreLookedInto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree()
		w := watching(t, files, 9)
		polls(5)
		files.put("prefix/started")
		polls(5)
		files.put("prefix/1.xaa/.done")
		w.event("1.xaa")
		files.put("prefix/2.xab/.done") // its event is lost
		w.event("1.xaa")
		wantFound(t, w, "prefix/1.xaa/.done", "prefix/2.xab/.done")
		if len(w.warned) > 0 {
			t.Errorf("warned %q; that nothing is there yet is no trouble", w.warned)
		}
	})
}

func TestAFolderThatVanishesAndComesBackIsLookedIntoAgain(t *testing.T) {
	for name, folder := range map[string]string{"the folder itself": "prefix", "one below": "prefix/1.xaa"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				files := newTree("prefix/1.xaa/")
				w := watching(t, files, 9)
				files.remove(folder)
				polls(2)
				files.put("prefix/1.xaa/.done")
				polls(1)
				wantFound(t, w, "prefix/1.xaa/.done")
				if len(w.warned) > 0 {
					t.Errorf("warned %q", w.warned)
				}
			})
		})
	}
}

func TestAFileIsFoundOnlyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/.done")
		w := watching(t, files, 9)
		w.event("1.xaa")
		files.remove("prefix")
		polls(1)
		files.put("prefix/1.xaa/.done")
		polls(1)
		wantFound(t, w, "prefix/1.xaa/.done")
	})
}

func TestOnlyFilesInPlainFoldersCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/.done", "prefix/.old/.done", "prefix/1.xaa/.done/x", "prefix/1.xab/deep/.done", "prefix/1.xac/done")
		w := watching(t, files, 9)
		polls(2)
		wantFound(t, w)
	})
}

func TestAThousandFilesAtOnceAreFoundInAThousandReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree()
		var folders, want []string
		for i := range 1000 {
			folder := fmt.Sprintf("1.%04d", i)
			folders = append(folders, folder)
			want = append(want, "prefix/"+folder+"/.done")
			files.put("prefix/" + folder + "/")
		}
		w := watching(t, files, 1000)
		files.counted()
		goOn := files.hang(wanted) // so that all events come during one look
		w.event("1.0000")
		files.put(want...)
		for _, folder := range folders {
			w.event(folder)
		}
		goOn()
		synctest.Wait()
		slices.Sort(w.found)
		wantFound(t, w, want...)
		if reads := files.counted(); reads > 1003 {
			t.Errorf("%d reads; want one a folder, and a few of the folder above", reads)
		}
		if !w.ended {
			t.Error("Watch goes on although it has enough")
		}
	})
}

func TestAnEventReadsNoMoreThanItsFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree("prefix/1.xaa/", "prefix/1.xab/", "prefix/1.xac/")
		w := watching(t, files, 9)
		files.counted()
		w.event("1.xab")
		if reads := files.counted(); reads != 2 {
			t.Errorf("an event of one folder: %d reads, want 2", reads)
		}
		w.event("")
		if reads := files.counted(); reads != 4 {
			t.Errorf("an event of any folder: %d reads, want 4", reads)
		}
	})
}

func TestAFileThatIsRefusedIsAskedAboutAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ours atomic.Bool
		var asked atomic.Int64
		files := newTree("prefix/1.xaa/.done")
		w := watching(t, files, 9, func(v *Watcher) {
			v.Accept = func(_ context.Context, path string) (bool, error) {
				if path != "prefix/1.xaa/.done" {
					t.Errorf("asked about %q", path)
				}
				asked.Add(1)
				return ours.Load(), nil
			}
		})
		polls(2)
		wantFound(t, w)
		if asked.Load() != 3 {
			t.Errorf("asked %d times, want 3: at the start and at each poll", asked.Load())
		}
		ours.Store(true)
		w.event("1.xaa")
		polls(2)
		wantFound(t, w, "prefix/1.xaa/.done")
		if asked.Load() != 4 {
			t.Errorf("asked %d times, want 4: what was found isn't asked about", asked.Load())
		}
	})
}

func TestAnErrorOfAcceptIsARefusalThatIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var whole atomic.Bool
		files := newTree("prefix/1.xaa/.done")
		w := watching(t, files, 9, func(v *Watcher) {
			v.Accept = func(context.Context, string) (bool, error) {
				if whole.Load() {
					return true, nil
				}
				return false, errors.New("half a file")
			}
		})
		polls(3)
		wantWarned(t, w, "half a file")
		whole.Store(true)
		polls(1)
		wantFound(t, w, "prefix/1.xaa/.done")
	})
}

func TestAClosedWakeLeavesThePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := newTree()
		w := watching(t, files, 9, func(v *Watcher) { v.Poll = time.Second })
		close(w.wake)
		files.put("prefix/1.xaa/.done")
		time.Sleep(time.Second)
		synctest.Wait()
		wantFound(t, w, "prefix/1.xaa/.done")
	})
}

func TestWatchEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watching(t, newTree("prefix/1.xaa/"), 1)
		w.stop()
		synctest.Wait()
		if !w.ended || !errors.Is(w.err, context.Canceled) {
			t.Errorf("Watch ended: %v, with %v; want context.Canceled", w.ended, w.err)
		}
	})
}
