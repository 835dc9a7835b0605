//go:build e2e

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// behindPasswords are targets that let nobody in by a key.
func (f *farm) behindPasswords(t *testing.T, names ...string) string {
	t.Helper()
	var all []*ground.Machine
	for _, name := range names {
		all = append(all, &ground.Machine{
			Name: name, Setup: []string{typed}, Config: "PermitRootLogin yes\nPubkeyAuthentication no\nPasswordAuthentication yes\n",
		})
	}
	f.lan.Add(t, all...)
	return listed(all)
}

// inTurn writes a scan whose workers are attached in turn.
func (f *farm) inTurn(t *testing.T, targets string, workers ...*ground.Machine) string {
	t.Helper()
	f.trust(t, workers...)
	scan := f.scan(t, targets, f.hosts(workers...), "attach: true\nauth: password\n")
	text := strings.Replace(read(t, scan), "targets: {user: root, identity: ~/.ssh/target}", "targets: {user: root, host_keys: accept-new}", 1)
	if err := os.WriteFile(scan, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return scan
}

// answers types the password that the targets know, and detaches.
func (s *seat) answers(t *testing.T) {
	t.Helper()
	if _, err := io.WriteString(s.keys, "s3cret\r\x17d"); err != nil {
		t.Fatal(err)
	}
}

// forget clears what the terminal has shown.
func (s *seat) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown.Reset()
}

// leftSo has the program end, and the terminal be as it was.
func (s *seat) leftSo(t *testing.T, cmd *exec.Cmd, status int) {
	t.Helper()
	err := cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Errorf("it ended with %d (%v), want %d:\n%s", got, err, status, s.shown.String())
	}
	if s.state(t) != s.was {
		t.Error("the terminal is not as it was")
	}
}

// typesAtEach answers each worker's prompt, and sees the scan complete, and nothing
// shown of what was typed.
func (s *seat) typesAtEach(t *testing.T, cmd *exec.Cmd, workers int, prompt string) {
	t.Helper()
	for range workers {
		await(t, "the prompt", func() bool { return s.sees(prompt) })
		s.forget()
		s.answers(t)
	}
	s.leftSo(t, cmd, 0)
	await(t, "the summary", func() bool { return s.sees("complete, in ") }) // it is read by another goroutine
	if s.sees("s3cret") {
		t.Errorf("the terminal shows %q", s.shown.String())
	}
}

// TestRealSessionsAreAttachedInTurn types a password at each of two workers, and
// detaches from each; then it is a scan as any other.
func TestRealSessionsAreAttachedInTurn(t *testing.T) {
	f := newFarm(t)
	workers, targets := f.workers(t, 2), f.behindPasswords(t, "target1", "target2")
	scan := f.inTurn(t, targets, workers...)
	s := newSeat(t)
	cmd := s.start(t, f.scene, "apply", scan)
	s.typesAtEach(t, cmd, len(workers), "root on the targets, password: ")
	f.wantGreetings(t, targets, 2)
	for _, m := range workers {
		if left := m.Do(t, "screen -ls | grep -c tached || true"); strings.TrimSpace(left) != "0" {
			t.Errorf("%s still has a session", m.Name)
		}
	}
}

// TestRealSessionsThatAreLeftEarly has the user give up at the first worker, and the
// network go away at another; the terminal is given back, and resume attaches anew.
func TestRealSessionsThatAreLeftEarly(t *testing.T) {
	f := newFarm(t)
	workers, targets := f.workers(t, 1), f.behindPasswords(t, "target1")
	scan := f.inTurn(t, targets, workers...)
	s := newSeat(t)
	cmd := s.start(t, f.scene, "apply", scan)
	await(t, "the prompt", func() bool { return s.sees("root on the targets, password: ") })
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	s.leftSo(t, cmd, exitSignal+int(syscall.SIGINT))
	await(t, "the worker's end", func() bool {
		return strings.TrimSpace(workers[0].Do(t, "pgrep -fc '[w]orker -A password' || true")) == "0"
	})

	s.forget()
	cmd = s.start(t, f.scene, "resume", scan)
	await(t, "the prompt again", func() bool { return s.sees("root on the targets, password: ") })
	workers[0].Cut(t)
	// Nobody answers any more: the terminal comes back when that is noticed.
	await(t, "the terminal to come back", func() bool { return s.state(t) == s.was })
	workers[0].Heal(t)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && cmd.ProcessState == nil {
		t.Log(err) // it may have ended by itself
	}
	_ = cmd.Wait() // however it ends: what counts is the terminal
	if s.state(t) != s.was {
		t.Error("the terminal is not as it was")
	}

	s.forget()
	cmd = s.start(t, f.scene, "resume", scan)
	await(t, "the prompt once more", func() bool { return s.sees("root on the targets, password: ") })
	s.answers(t)
	s.leftSo(t, cmd, 0)
	compareResults(t, filepath.Join(f.prefix("audit"), "[0-9]*", "output", "*", "*", "hosts_"), map[string][]string{"ok": greeted(targets)})
}

// TestRealClassicSessionsAreAttachedInTurn has the scanslave of the classic suite ask
// for the password in the session that our master hands over.
func TestRealClassicSessionsAreAttachedInTurn(t *testing.T) {
	f := newFarm(t)
	setup := []string{ground.Programs(f.scanslaves(t, standIn(t, "scanslave.sh")))}
	workers := []*ground.Machine{{Name: "scan1", Setup: setup}, {Name: "scan2", Setup: setup}}
	f.lan.Add(t, workers...)
	targets := f.behindPasswords(t, "target1", "target2", "target3")
	scan := f.inTurn(t, targets, workers...)
	text := strings.Replace(read(t, scan), "host_keys: accept-new", "host_keys: off", 1)
	scan = f.write(t, "scan.yaml", text+"deploy: never\n")
	s := newSeat(t)
	cmd := s.start(t, f.scene, "apply", scan)
	s.typesAtEach(t, cmd, len(workers), "Password for the targets: ")
	f.wantGreetings(t, targets, 2)
	for _, m := range workers {
		if args := read(t, filepath.Join(m.Home("root"), "scanslave.args")); !strings.HasPrefix(args, "-A\npassword\n-H\n") {
			t.Errorf("%s was called with %q", m.Name, args)
		}
	}
	wantQuiet(t, workers...)
}

// TestRealSessionsOfAClassicMaster has the classic master attach its user to sessions
// where our scanslave asks for the password.
func TestRealSessionsOfAClassicMaster(t *testing.T) {
	f := newFarm(t)
	setup := []string{ground.Programs(f.scanslaves(t, f.program))}
	workers := []*ground.Machine{{Name: "scan1", Setup: setup}, {Name: "scan2", Setup: setup}}
	f.lan.Add(t, workers...)
	targets := f.behindPasswords(t, "target1", "target2", "target3")
	var input, want []string
	for _, line := range sortedLines(targets) { // it passes -I on, by which the host field is connected to
		name, addr, _ := strings.Cut(line, " ")
		input, want = append(input, addr), append(want, addr+",,this is "+name)
	}
	s := newSeat(t)
	cmd := exec.CommandContext(t.Context(), standIn(t, "master.sh"), f.share, "audit", f.write(t, "input", strings.Join(input, "\n")+"\n"),
		f.write(t, "remote.sh", "echo this is $(hostname)\n"), f.write(t, "post.sh", "#!/bin/sh\n"), f.lan.Key.Private, workers[0].Addr, workers[1].Addr)
	cmd.Env = append(slices.Clone(f.env), "ATTENDED=yes", "TARGETKEY=/dev/null")
	s.run(t, cmd)
	for range workers {
		await(t, "the prompt", func() bool { return s.sees("root on the targets, password: ") })
		s.forget()
		s.answers(t)
	}
	s.leftSo(t, cmd, 0)
	await(t, "the end of what it gathered", func() bool { return s.sees(want[0]) && s.sees(want[1]) && s.sees(want[2]) })
	if s.sees("s3cret") {
		t.Errorf("the terminal shows %q", s.shown.String())
	}
	wantQuiet(t, workers...)
}
