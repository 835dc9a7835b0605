package lock

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scanmaster/runner/share"
)

// helperDir and helperLease turn the test program into a process that takes
// a lock, says what came of it, and holds it until its stdin ends.
const (
	helperDir   = "LOCK_TEST_DIR"
	helperLease = "LOCK_TEST_LEASE"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		lease, err := time.ParseDuration(os.Getenv(helperLease))
		if err == nil {
			err = hold(dir, lease)
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func hold(path string, lease time.Duration) error {
	dir, err := share.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	self, err := Self("theirs")
	if err != nil {
		return err
	}
	l, err := Take(context.Background(), Config{Dir: dir, Self: self, Lease: lease})
	if err != nil {
		return err
	}
	fmt.Println("taken")
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, l.Release())
}

// other is a process that has tried to take the lock.
type other struct {
	cmd  *exec.Cmd
	stop io.Closer // its stdin
	said string
}

// startOther starts a process that takes the lock of a folder; ready waits
// until it has said how that went.
func startOther(t *testing.T, dir string, lease time.Duration) (p *other, ready func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), helperDir+"="+dir, helperLease+"="+lease.String())
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p = &other{cmd: cmd, stop: stdin}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, or it has ended long since
	})
	return p, func() {
		line, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		p.said = strings.TrimSpace(line)
	}
}

// holding starts a process that holds the lock.
func holding(t *testing.T, dir string, lease time.Duration) *other {
	t.Helper()
	p, ready := startOther(t, dir, lease)
	if ready(); p.said != "taken" {
		t.Fatalf("the other process said %q", p.said)
	}
	return p
}

func (p *other) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// open opens a new folder that can be locked.
func open(t *testing.T) (*share.Dir, string) {
	t.Helper()
	path := t.TempDir()
	dir, err := share.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dir.Close() })
	return dir, path
}

// config is that of this process; with it, other hosts can't be asked.
func config(t *testing.T, dir *share.Dir) Config {
	t.Helper()
	self, err := Self("ours")
	if err != nil {
		t.Fatal(err)
	}
	return Config{Dir: dir, Self: self, Lease: time.Minute}
}

// unasked makes every owner one that can't be asked.
func unasked(c Config) Config {
	c.Alive = func(Owner) (alive, known bool) { return false, false }
	return c
}

func take(t *testing.T, c Config) *Lock {
	t.Helper()
	l, err := Take(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Release() })
	return l
}

func wantHeld(t *testing.T, c Config) *HeldError {
	t.Helper()
	l, err := Take(t.Context(), c)
	held := new(HeldError)
	if !errors.As(err, &held) {
		if l != nil {
			_ = l.Release()
		}
		t.Fatalf("Take gave %v, %v; want a HeldError", l, err)
	}
	return held
}

// put writes a generation as another host would.
func put(t *testing.T, dir string, number uint64, c any) {
	t.Helper()
	data, ok := c.(string)
	if !ok {
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		data = string(text)
	}
	temp := filepath.Join(dir, "temp")
	if err := os.WriteFile(temp, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temp, filepath.Join(dir, fileName(number))); err != nil {
		t.Fatal(err)
	}
}

// there gives the names of all entries of a folder.
func there(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}
