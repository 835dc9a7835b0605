package mirror

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
	"scanmaster/runner/share"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder is the chunk's, output that of its results.
const (
	folder = "202611250000.xaa"
	output = "output/202611250000/xaa/"
)

// pair is a shared folder here, and a worker host without it. The worker is
// played by the test.
type pair struct {
	*Mirror
	t    *testing.T
	host *host.Host
	bin  string // is first in the host's PATH

	mu     sync.Mutex
	warned []string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{t: t, bin: t.TempDir()}
	home := p.serve()
	here := job.Layout{Dir: t.TempDir(), Name: "s", Run: job.NewRun(time.Now()), Min: "202611242359"}
	p.Mirror = New(Config{
		Here: here, There: here.Apart(home, "xaa", 1), Chunk: "xaa", Master: "the test",
		Prefix: p.open(here.Prefix()), Run: p.open(here.RunDir()), Keys: p.open(here.HostKeyDir()), Warn: p.warn,
	})
	write(t, here.Chunk("xaa"), "web1\nweb2\n", 0)
	return p
}

// again gives a mirror that knows nothing of what was before, as that of another
// master.
func (p *pair) again() *pair {
	return &pair{Mirror: New(p.cfg), t: p.t, host: p.host, bin: p.bin}
}

// serve starts the host, and gives its home.
func (p *pair) serve() (home string) {
	p.t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		p.t.Fatal(err)
	}
	home = p.t.TempDir()
	f, err := fleet.New(fleet.Config{
		Authorized: []ssh.PublicKey{key.PublicKey()}, Dir: home, Env: []string{"PATH=" + p.bin + ":/usr/bin:/bin"},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = f.Close() })
	addr, err := f.Add(fleet.Behaviour{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.host, err = host.Dial(p.t.Context(), host.Config{
		Worker:   plan.Worker{Name: "w", Host: addr.Addr().String(), Port: int(addr.Port())},
		HostKeys: remote.HostKeysOff{}, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, User: "root", Log: p.t.Logf,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = p.host.Close() })
	return home
}

func (p *pair) open(path string) *share.Dir {
	p.t.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		p.t.Fatal(err)
	}
	dir, err := share.Open(path)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = dir.Close() })
	return dir
}

func (p *pair) warn(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warned = append(p.warned, fmt.Sprintf(format, args...))
}

func (p *pair) warnings() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.warned, "\n")
}

// here and there are the paths of a file of the chunk's folder.
func (p *pair) here(name string) string {
	return filepath.Join(p.cfg.Here.Prefix(), folder, name)
}

func (p *pair) there(name string) string {
	return filepath.Join(p.cfg.There.Prefix(), folder, name)
}

// works has the worker write at the end of a file.
func (p *pair) works(name, text string) { write(p.t, p.there(name), text, os.O_APPEND) }

// begins has the worker begin, and write its first result.
func (p *pair) begins() {
	write(p.t, filepath.Join(p.cfg.There.RunDir(), "job.json"), "a job\n", 0)
	p.works(job.Slave, "w\n")
	p.works(output+"hosts_ok", "first\n")
	p.works(job.Record, "1 ok\n")
	p.works(job.Progress, "beat 1\n")
}

func write(t *testing.T, path, text string, flag int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flag, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// following is a mirror that follows.
type following struct {
	*pair
	stop context.CancelFunc
	over bool
	err  error
	end  chan struct{}
}

func (p *pair) follow() *following {
	ctx, stop := context.WithCancel(p.t.Context())
	f := &following{pair: p, stop: stop, end: make(chan struct{})}
	go func() {
		defer close(f.end)
		f.over, f.err = p.Follow(ctx, p.host)
	}()
	p.t.Cleanup(func() {
		stop()
		<-f.end
	})
	return f
}

// whole waits until all is here that was there before.
func (f *following) whole() {
	f.t.Helper()
	ctx, cancel := context.WithCancelCause(f.t.Context())
	defer context.AfterFunc(ctx, func() {})()
	go func() {
		select {
		case <-f.end:
			cancel(fmt.Errorf("it has ended: %v, %w", f.over, f.err))
		case <-ctx.Done():
		}
	}()
	defer cancel(nil)
	if err := f.Whole(ctx); err != nil {
		f.t.Fatal(err)
	}
}

// finish has the worker finish, and waits until all is here.
func (f *following) finish() {
	f.t.Helper()
	f.works(job.Done, "done\n")
	<-f.end
	if !f.over || f.err != nil {
		f.t.Fatalf("%v, %v: want that it is over", f.over, f.err)
	}
	f.wantSame()
}

// wantSame holds that the chunk's folder is the same on both sides, but for what
// is no plain file there. The heartbeat comes when it comes.
func (p *pair) wantSame(but ...string) {
	p.t.Helper()
	there, here := tree(p.t, p.there("")), tree(p.t, p.here(""))
	for _, name := range but {
		delete(there, name)
		delete(here, name)
	}
	if diff := cmp.Diff(there, here); diff != "" {
		p.t.Error(diff)
	}
}

// tree gives the regular files below a folder.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	root += "/"
	files := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, root)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// read gives the content of a file; empty where there is none.
func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

// eventually waits until something holds.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for !holds() {
		if t.Context().Err() != nil {
			t.Fatal("it never did")
		}
		time.Sleep(time.Millisecond)
	}
}
