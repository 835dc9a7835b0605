package hook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// In a terminal of its own this is who runs a hook; see tty_linux_test.go.
func TestMain(m *testing.M) {
	if path := os.Getenv("TEST_HOOK"); path != "" {
		if err := (Hook{Path: path, Output: os.Stdout}).Run(context.Background()); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hook")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAHookGetsItsArgumentsFolderAndEnvironment(t *testing.T) {
	for name, head := range map[string]string{"with #!": "#!/bin/sh\n", "without #!": ""} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var out bytes.Buffer
			h := Hook{
				Path: script(t, head+`echo "$# $1 $2"; pwd; echo "$A"; echo oops >&2`), Args: []string{"a b", "$c"},
				Dir: dir, Env: []string{"A=x y"}, Output: &out,
			}
			if err := h.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := "2 a b $c\n" + dir + "\nx y\noops\n"; out.String() != want {
				t.Errorf("it saw %q, want %q", out.String(), want)
			}
		})
	}
}

func TestAHookThatAnotherProcessStillHoldsForWritingIsWaitedFor(t *testing.T) {
	path := script(t, "#!/bin/sh\nexit 0\n")
	writer, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- (Hook{Path: path}).Run(t.Context()) }()
	time.Sleep(20 * time.Millisecond) // it must have been tried at least once
	if err := errors.Join(writer.Close(), <-done); err != nil {
		t.Error(err)
	}
}

func TestAFailureKeepsStatusAndTail(t *testing.T) {
	h := Hook{Path: script(t, "#!/bin/sh\nyes abcdefg | head -c 10000\necho the end\nexit 7\n")}
	var failed *Error
	if err := h.Run(t.Context()); !errors.As(err, &failed) {
		t.Fatalf("%v: want *Error", err)
	}
	if failed.Status != 7 || len(failed.Tail) != tailSize || !strings.HasSuffix(failed.Tail, "the end\n") {
		t.Errorf("status %d, tail of %d bytes", failed.Status, len(failed.Tail))
	}
}

func TestAHookThatCantBeStarted(t *testing.T) {
	var failed *Error
	if err := (Hook{Path: filepath.Join(t.TempDir(), "none")}).Run(t.Context()); !errors.As(err, &failed) || !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%v: want *Error and os.ErrNotExist", err)
	}
	if failed.Status != -1 {
		t.Errorf("status %d, want -1", failed.Status)
	}
}

func TestTheEndOfTheContextEndsTheWholeGroup(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ready := filepath.Join(t.TempDir(), "ready")
	h := Hook{Path: script(t, "#!/bin/sh\nsleep 1000 & echo $! > '"+ready+".new'; mv '"+ready+".new' '"+ready+"'; wait\n")}
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	for !exists(ready) {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v: want context.Canceled", err)
	}
	pid, err := os.ReadFile(ready)
	if err != nil {
		t.Fatal(err)
	}
	for { // the child is init's now and gone as soon as that has waited for it
		state, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAHookThatTakesTooLongIsEndedWithItsGroup(t *testing.T) {
	for name, text := range map[string]string{
		"that cleans up":  "trap 'exit 0' TERM; while :; do sleep 0.02; done",
		"that fails then": "trap 'exit 3' TERM; while :; do sleep 0.02; done",
		"of a group":      "sleep 100000 & wait",
		"that is deaf":    "trap '' TERM; sleep 100000 & wait",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := Hook{Path: script(t, "#!/bin/sh\n"+text+"\n"), Timeout: 200 * time.Millisecond}
			err := h.Run(t.Context())
			var failed *Error
			var late *TimeoutError
			if !errors.As(err, &failed) || !errors.As(err, &late) || late.After != h.Timeout {
				t.Fatalf("%v: want *Error for a *TimeoutError", err)
			}
			if failed.Status != -1 || !strings.Contains(err.Error(), "timeouts.hook") {
				t.Errorf("%v: status %d", err, failed.Status)
			}
		})
	}
}

func TestAHookThatIsQuickEnoughIsNotBounded(t *testing.T) {
	h := Hook{Path: script(t, "#!/bin/sh\nexit 3\n"), Timeout: time.Hour}
	var failed *Error
	if err := h.Run(t.Context()); !errors.As(err, &failed) || failed.Status != 3 {
		t.Errorf("%v: want status 3", err)
	}
}

func TestAHookHoldsWhatItIsGivenToHold(t *testing.T) {
	held, err := os.Create(filepath.Join(t.TempDir(), "held"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	for _, file := range []*os.File{nil, held} {
		h := Hook{Path: script(t, "#!/bin/sh\necho held >&3\n"), Held: file}
		if err := h.Run(t.Context()); (err == nil) != (file != nil) {
			t.Errorf("%v, and it was given %v", err, file)
		}
	}
	if written, err := os.ReadFile(held.Name()); err != nil || string(written) != "held\n" {
		t.Errorf("it wrote %q, %v", written, err)
	}
}

func TestTheSignalThatEndedAHookIsNamed(t *testing.T) {
	for signal, want := range map[string]string{"KILL": "signal: killed", "USR1": "signal: user defined signal 1"} {
		var failed *Error
		err := Hook{Path: script(t, "#!/bin/sh\nkill -"+signal+" $$\n")}.Run(t.Context())
		if !errors.As(err, &failed) || failed.Status != -1 || !strings.HasSuffix(err.Error(), "it was ended by a "+want) {
			t.Errorf("%v, want that it was ended by a %s", err, want)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestWhatIsHiddenIsNeitherHeardNorKept has the end of the output begin within what
// is hidden.
func TestWhatIsHiddenIsNeitherHeardNorKept(t *testing.T) {
	path := script(t, "#!/bin/sh\necho first s3cret\nprintf 's3cret %02040d' 0\nexit 1\n")
	var heard bytes.Buffer
	hide := func(to io.Writer) (io.Writer, func() error) {
		var all bytes.Buffer
		return &all, func() error {
			_, err := io.WriteString(to, strings.ReplaceAll(all.String(), "s3cret", "***"))
			return err
		}
	}
	err := Hook{Path: path, Output: &heard, Hide: hide}.Run(t.Context())
	failed := new(Error)
	if !errors.As(err, &failed) || failed.Status != 1 {
		t.Fatal(err)
	}
	if strings.Contains(failed.Tail, "cret") || strings.Contains(heard.String(), "cret") || !strings.HasPrefix(heard.String(), "first ***") {
		t.Errorf("kept is %q, heard %q", failed.Tail, heard.String())
	}
}
