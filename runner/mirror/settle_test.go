package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// hook has a hook do something in the chunk's folder on the host.
func (p *pair) hook(do func(path func(string) string) error) {
	p.t.Helper()
	if err := do(p.there); err != nil {
		p.t.Fatal(err)
	}
}

// TestWhatAHookHasChangedIsChangedHere lets a hook do anything that it may, after
// all was brought once.
func TestWhatAHookHasChangedIsChangedHere(t *testing.T) {
	long := strings.Repeat("n", 255)
	for name, do := range map[string]func(path func(string) string) error{
		"rewrites": func(path func(string) string) error {
			return os.WriteFile(path(output+"hosts_ok"), []byte("FIRST\n"), 0o600)
		},
		"makes shorter": func(path func(string) string) error { return os.Truncate(path(job.Record), 2) },
		"makes longer":  func(path func(string) string) error { return os.WriteFile(path("file"), []byte("longer\n"), 0o600) },
		"removes":       func(path func(string) string) error { return os.Remove(path(output + "hosts_ok")) },
		"renames":       func(path func(string) string) error { return os.Rename(path(output+"hosts_ok"), path("hosts_ok.gz")) },
		"has long names": func(path func(string) string) error {
			return os.WriteFile(path(long), []byte("long\n"), 0o600)
		},
		"has odd names": func(path func(string) string) error {
			return os.WriteFile(path("-n 'a\"$(touch x)\n*\\é\xff"), []byte("odd\n"), 0o600)
		},
		"makes a file of a folder": func(path func(string) string) error {
			return errors.Join(os.RemoveAll(path("more")), os.WriteFile(path("more"), []byte("file\n"), 0o600))
		},
		"makes a folder of a file": func(path func(string) string) error {
			return errors.Join(os.Remove(path("file")), os.MkdirAll(path("file/below"), 0o700), os.WriteFile(path("file/below/file"), nil, 0o600))
		},
		"leaves many": func(path func(string) string) error {
			for i := range 450 { // more than are compared at a time
				if err := os.WriteFile(path("more/file"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/26)), []byte{byte(i)}, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t)
			p.begins()
			p.works("file", "of before\n")
			p.works("more/file", "below\n")
			f := p.follow()
			f.whole()
			p.hook(do)
			f.finish()
		})
	}
}

// TestLinksAndTheLikeStayWhereTheyAre: they are neither followed nor waited for,
// and that is said.
func TestLinksAndTheLikeStayWhereTheyAre(t *testing.T) {
	p := newPair(t)
	p.begins()
	f := p.follow()
	f.whole()
	p.hook(func(path func(string) string) error {
		return errors.Join(
			os.Remove(path(output+"hosts_ok")), syscall.Mkfifo(path(output+"hosts_ok"), 0o600),
			os.Symlink("/etc/passwd", path("link")), os.Symlink("/etc", path("folder")),
		)
	})
	f.finish()
	for _, name := range []string{output + "hosts_ok", "link", "folder"} {
		if _, err := os.Lstat(p.here(name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is here: %v", name, err)
		}
		if !strings.Contains(p.warnings(), path.Join(p.there(name))+" is no plain file") {
			t.Errorf("%s: said was %q", name, p.warnings())
		}
	}
}

// TestALinkHereIsNotFollowed: whoever can write to the shared folder could have
// anything written.
func TestALinkHereIsNotFollowed(t *testing.T) {
	for name, link := range map[string]string{"a file": "file", "a folder": "output"} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t)
			elsewhere := t.TempDir()
			write(t, filepath.Join(elsewhere, "file"), "mine", 0)
			p.begins()
			p.works("file", "of the worker\n")
			p.works(job.Done, "done\n")
			if err := errors.Join(os.MkdirAll(p.here(""), 0o700), os.Symlink(elsewhere, p.here(link))); err != nil {
				t.Fatal(err)
			}
			over, err := p.Fetch(t.Context(), p.host)
			if refused := errors.Is(err, share.ErrLink); link == "output" && (over || !refused) {
				t.Errorf("%v, %v: want that the link is refused", over, err)
			}
			if exists(p.here(job.Done)) == (link == "output") {
				t.Error(".done and a fault don't go together")
			}
			if got := tree(t, elsewhere); len(got) != 1 || got["file"] != "mine" {
				t.Errorf("elsewhere there is %q", got)
			}
		})
	}
}

// TestWhatWritesOnAfterTheEndIsNotWaitedFor: a hook has left it running.
func TestWhatWritesOnAfterTheEndIsNotWaitedFor(t *testing.T) {
	p := newPair(t)
	p.begins()
	p.works("log", "")
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-quit:
				return
			default:
				write(t, p.there("log"), fmt.Sprintf("%020d\n", i), 0)
			}
		}
	}()
	p.works(job.Done, "done\n")
	over, err := p.Fetch(t.Context(), p.host)
	close(quit)
	<-ended
	if !over || err != nil || !exists(p.here(job.Done)) {
		t.Errorf("%v, %v: want that it is over", over, err)
	}
	if got := p.warnings(); !strings.Contains(got, "something still writes into "+p.there("")) {
		t.Errorf("said was %q", got)
	}
}

func TestAnEmptyDoneIsNoEnd(t *testing.T) {
	p := newPair(t)
	p.begins()
	p.works(job.Done, "")
	if over, err := p.Fetch(t.Context(), p.host); over || err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("%v, %v: want that it is empty", over, err)
	}
	if exists(p.here(job.Done)) {
		t.Error(".done is here")
	}
}
