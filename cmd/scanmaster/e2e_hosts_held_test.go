//go:build e2e

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/cmd/internal/ground"
)

// startOn starts the program on a machine, where somebody else has logged in;
// what it says goes to a file.
func (f *farm) startOn(t *testing.T, m *ground.Machine, args ...string) (*exec.Cmd, string) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(f.notes, "log."+m.Name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := m.Command(t.Context(), f.dir, f.program, args...)
	cmd.Env = append(os.Environ(), "HOME="+m.Home("root"), "SSH_AUTH_SOCK=")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, log.Name()
}

// ends waits for the end of a program, and fails the test unless that comes with
// a status. One that takes longer than any may hangs.
func ends(t *testing.T, cmd *exec.Cmd, log string, status int) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case err := <-ended:
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
	case <-late.C:
		t.Fatalf("it hangs\n%s", read(t, log))
	}
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Fatalf("it ended with %d, want %d\n%s", got, status, read(t, log))
	}
}

// awaitSaid waits until a log says all that it should.
func awaitSaid(t *testing.T, log string, words ...string) {
	t.Helper()
	for _, w := range words {
		await(t, "the words "+w, func() bool { return strings.Contains(read(t, log), w) })
	}
}

// held is a farm whose targets let no script come to its end before they are
// let go, so that a fault comes in the middle. Each notes down in its own home
// how often one has begun.
type held struct {
	*farm
	targets []*ground.Machine
}

const heldScript = `#!/bin/sh
echo begun >>"$HOME/begun"
until [ -e %[1]s/go ] || [ -e %[1]s/go."$(hostname)" ]; do sleep 0.1; done
echo this is $(hostname)
`

// heldTargets is how many targets a scan of this kind has: four for each of three
// workers.
const heldTargets = 12

// hold starts targets that are held.
func (f *farm) hold(t *testing.T) *held {
	t.Helper()
	f.write(t, "remote.sh", fmt.Sprintf(heldScript, f.notes))
	return &held{farm: f, targets: f.machines(t, "target", heldTargets)}
}

// soon has a lease that a test can wait for, and scripts that may wait longer.
func (h *held) soon(t *testing.T, scan string) string {
	t.Helper()
	text := strings.Replace(read(t, scan), "run: 5s", "run: 5m", 1)
	return h.write(t, filepath.Base(scan), text+"lease: 10s\npoll: 1s\njobs: 1\n")
}

// letGo lets go of targets, by their numbers from 1; of all where none is named.
func (h *held) letGo(t *testing.T, numbers ...int) {
	t.Helper()
	names := []string{"go"}
	if len(numbers) > 0 {
		names = nil
	}
	for _, n := range numbers {
		names = append(names, "go."+h.targets[n-1].Name)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(h.notes, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// working has three workers in the middle of their chunks: one target is done,
// one in flight, and two are left.
func (h *held) working(t *testing.T) (inFlight []int) {
	t.Helper()
	h.letGo(t, 1, 5, 9)
	return []int{2, 6, 10}
}

// awaitInFlight waits until each of three workers that were let go of one target
// has another in flight, and gives all that are: on a busy machine a target that is
// slow to answer lets the next go first.
func (h *held) awaitInFlight(t *testing.T) (inFlight []int) {
	t.Helper()
	others := func(first int) (begun []int) {
		for n := first + 1; n < first+heldTargets/3; n++ {
			if h.begun(t, n) > 0 {
				begun = append(begun, n)
			}
		}
		return begun
	}
	for first := 1; first <= heldTargets; first += heldTargets / 3 {
		await(t, "a script behind that on "+h.targets[first-1].Name, func() bool { return len(others(first)) > 0 })
		inFlight = append(inFlight, others(first)...)
	}
	return inFlight
}

// begun counts the scripts that have begun on a target.
func (h *held) begun(t *testing.T, number int) int {
	t.Helper()
	return strings.Count(gathered(t, filepath.Join(h.targets[number-1].Home("root"), "begun")), "\n")
}

// awaitBegun waits until a script has begun on targets.
func (h *held) awaitBegun(t *testing.T, numbers ...int) {
	t.Helper()
	for _, n := range numbers {
		await(t, "the script on "+h.targets[n-1].Name, func() bool { return h.begun(t, n) > 0 })
	}
}

// wantOnce holds each target's result, and how often the script has run there:
// once, or once more on those that had it in flight when their worker was lost.
func (h *held) wantOnce(t *testing.T, chunks int, inFlight ...int) {
	t.Helper()
	h.wantGreetings(t, listed(h.targets), chunks)
	may := make(map[int]bool)
	for _, n := range inFlight {
		may[n] = true
	}
	for i, m := range h.targets {
		n := h.begun(t, i+1)
		if n != 1 && (n != 2 || !may[i+1]) {
			t.Errorf("the script has run %d times on %s", n, m.Name)
		}
	}
}
