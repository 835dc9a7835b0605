package tty

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newPair makes a terminal: its keyboard and screen, and what programs see.
func newPair(t *testing.T) (keyboard, seen *os.File) {
	t.Helper()
	keyboard, seen, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keyboard.Close() })
	if err := pty.Setsize(keyboard, &pty.Winsize{Rows: 30, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	return keyboard, seen
}

// state is the mode of a terminal.
func state(t *testing.T, path string) term.State {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := term.GetState(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return *s
}

func TestATerminalIsGivenBackAsItWas(t *testing.T) {
	_, seen := newPair(t)
	path := seen.Name()
	before := state(t, path)
	taken, err := take(seen)
	if err != nil {
		t.Fatal(err)
	}
	if state(t, path) == before {
		t.Error("it is not raw")
	}
	if width, height, err := taken.Size(); width != 100 || height != 30 || err != nil {
		t.Errorf("it is %d × %d, %v", width, height, err)
	}
	if err := errors.Join(taken.Close(), taken.Close()); err != nil {
		t.Fatal(err)
	}
	if state(t, path) != before {
		t.Error("it is not as it was")
	}
}

func TestKeysArePassedOnAsTheyCome(t *testing.T) {
	keyboard, seen := newPair(t)
	taken, err := take(seen)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	const keys = "\x17d\x03\x13" // ^W d ^C ^S
	if _, err := io.WriteString(keyboard, keys); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(keys))
	if _, err := io.ReadFull(taken, got); err != nil || string(got) != keys {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := io.WriteString(taken, "a\nb"); err != nil {
		t.Fatal(err)
	}
	shown := make([]byte, 3)
	if _, err := io.ReadFull(keyboard, shown); err != nil || string(shown) != "a\nb" {
		t.Errorf("it shows %q, %v", shown, err)
	}
}

func TestStopEndsAReadThatWaits(t *testing.T) {
	_, seen := newPair(t)
	taken, err := take(seen)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	ended := make(chan error, 1)
	go func() {
		_, err := io.ReadAll(taken)
		ended <- err
	}()
	time.Sleep(10 * time.Millisecond) // so that it mostly waits already; it holds either way
	if err := taken.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestAFileIsNoTerminal(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := take(file); err == nil || !strings.Contains(err.Error(), "is no terminal") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoTerminalIsNobodyElses(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if !IsForeground(file) {
		t.Error("a file is said to be in somebody's hands")
	}
}

func TestANewSizeIsToldOf(t *testing.T) {
	_, seen := newPair(t)
	taken, err := take(seen)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	sizes, stop := taken.Resized()
	if err := unix.Kill(os.Getpid(), unix.SIGWINCH); err != nil {
		t.Fatal(err)
	}
	if size := <-sizes; size.Width != 100 || size.Height != 30 {
		t.Errorf("it is %+v", size)
	}
	stop()
	if _, more := <-sizes; more {
		t.Error("there is more")
	}
}
