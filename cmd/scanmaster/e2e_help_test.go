//go:build e2e

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/cmd/internal/ground"
)

// scene is a folder with a scan file and what it names, a share, and the
// program itself.
type scene struct {
	// dir holds the scan file; share is its dir; notes is where hooks write.
	dir, share, notes string
	program           string
	env               []string
}

// newScene builds the program and makes the folders.
func newScene(t *testing.T) *scene {
	t.Helper()
	ground.Need(t, "ip", "ssh-keygen", "sshd")
	return newSceneIn(t, t.TempDir())
}

// newSceneIn does so in a folder.
func newSceneIn(t *testing.T, base string) *scene {
	t.Helper()
	s := &scene{
		dir:     filepath.Join(base, "scan"),
		share:   filepath.Join(base, "share"),
		notes:   filepath.Join(base, "notes"),
		program: filepath.Join(base, "scanmaster"),
	}
	for _, dir := range []string{s.dir, s.share, s.notes} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.env = append(os.Environ(), "HOME="+base, "SSH_AUTH_SOCK=", "NOTES="+s.notes)
	// Static, since worker hosts may have another C library or none.
	ground.Run(t, "env", "CGO_ENABLED=0", "go", "build", "-o", s.program, ".")
	return s
}

// prefix is PREFIX of the manual page.
func (s *scene) prefix(name string) string { return filepath.Join(s.share, "chunked", name) }

// write writes a file of the scan; one that begins with "#!" can be executed.
func (s *scene) write(t *testing.T, name, text string) string {
	t.Helper()
	mode := os.FileMode(0o600)
	if strings.HasPrefix(text, "#!") {
		mode = 0o700
	}
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// ran is what came of one run of the program.
type ran struct {
	status         int
	stdout, stderr string
}

// patience bounds a whole run; one that takes longer hangs.
const patience = 2 * time.Minute

// command makes a run of the program in the scan's folder.
func (s *scene) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.program, args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	// One that hangs says where.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// run runs the program to its end.
func (s *scene) run(t *testing.T, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := s.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("%v hangs\n%s", args, stderr.String())
	}
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// expect runs the program and fails the test unless it ends with a status.
func (s *scene) expect(t *testing.T, status int, args ...string) ran {
	t.Helper()
	r := s.run(t, args...)
	if r.status != status {
		t.Fatalf("%v ended with %d, want %d\n%s%s", args, r.status, status, r.stdout, r.stderr)
	}
	return r
}

// start starts the program and leaves it running.
func (s *scene) start(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := s.command(t.Context(), args...)
	s.begin(t, cmd)
	return cmd
}

// begin starts a command; what it says goes to a new log, whose path it gives.
func (s *scene) begin(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	log, err := os.Create(filepath.Join(s.notes, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return log.Name()
}

// processes lists the processes of the program that still run, as "pid argv".
func (s *scene) processes(t *testing.T) []string {
	t.Helper()
	var found []string
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range all {
		if exe, err := os.Readlink(filepath.Join(dir, "exe")); err != nil || exe != s.program {
			continue
		}
		if argv, err := os.ReadFile(filepath.Join(dir, "cmdline")); err == nil {
			words := strings.ReplaceAll(strings.TrimRight(string(argv), "\x00"), "\x00", " ")
			found = append(found, filepath.Base(dir)+" "+words)
		}
	}
	return found
}

// await waits until something holds; a test that waits longer has failed.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// tree lists all files and folders below a folder, sorted, folders with a
// slash at their end.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name := strings.TrimPrefix(path, dir+"/")
		if entry.IsDir() {
			name += "/"
		}
		all = append(all, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// read gives a file's text.
func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// gathered joins all files below a folder that a pattern finds.
func gathered(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		all.WriteString(read(t, path))
	}
	return all.String()
}

// sortedLines gives the lines of a text in their order.
func sortedLines(text string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if text == "" {
		lines = nil
	}
	slices.Sort(lines)
	return lines
}

// kill sends a signal to a process.
func kill(t *testing.T, pid int, signal syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, signal); err != nil {
		t.Fatal(err)
	}
}
