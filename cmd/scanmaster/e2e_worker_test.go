//go:build e2e

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// TestRealTamperedFilesAreRefused changes what a worker is to read, between the
// master's staging and the worker's start.
func TestRealTamperedFilesAreRefused(t *testing.T) {
	s := newScene(t)
	c := newCrowd(t, all(fleet.Behaviour{Kind: fleet.Canned}))
	s.write(t, "post.sh", "#!/bin/sh\ntouch \"$NOTES/post\"\n")
	s.expect(t, exitComplete, "apply", c.scan(t, s, 5, "hosts: [local]\nhooks: {post_chunk: post.sh}\n"))
	run := one(t, filepath.Join(s.prefix("audit"), ".run-*"))
	chunk := one(t, filepath.Join(s.prefix("audit"), "input", "*", "xaa"))
	digest := sha256.Sum256([]byte(read(t, filepath.Join(run, "job.json"))))
	files := []string{filepath.Join(run, "remote"), filepath.Join(run, "post_chunk"), filepath.Join(run, "job.json"), chunk}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			before, ran := read(t, path), c.executions(5)
			if err := os.WriteFile(path, []byte(before+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := s.command(t.Context(), "worker", "-A", "pubkey", "-d", s.share,
				"-r", filepath.Join(run, "remote"), "-p", filepath.Join(run, "post_chunk"), "-n", "5", "audit", chunk)
			cmd.Env = append(cmd.Env, c.options(), job.EnvFile+"="+filepath.Join(run, "job.json"),
				job.EnvSHA256+"="+hex.EncodeToString(digest[:]))
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Errorf("the worker took it:\n%s", out)
			}
			if said := string(out); !strings.Contains(said, path) || !strings.Contains(said, "its SHA-256 is") {
				t.Errorf("it does not say that it is about %s:\n%s", path, out)
			}
			if n := c.executions(5) - ran; n > 0 {
				t.Errorf("the script ran %d times", n)
			}
			if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// options is how a classic master tells a worker of key and port.
func (c crowd) options() string {
	return fmt.Sprintf("SSHOPTS=-l root -i %s -p %d -o StrictHostKeyChecking=accept-new", c.key.Private, c.port)
}

// kills is how often a worker is killed; victims is how many targets it has.
const (
	kills   = 50
	victims = 300
)

// TestRealKilledWorkerLosesNothing kills a worker at a random instant, again
// and again: what its record held before is whole afterwards, what the record
// says is in the classic files is there, and nothing ran that the record
// doesn't know of.
func TestRealKilledWorkerLosesNothing(t *testing.T) {
	s := newScene(t)
	s.write(t, "remote.sh", "#!/bin/sh\necho hello\n")
	c := newCrowd(t, named)
	began := time.Now()
	s.work(t, c, "whole", time.Hour)
	took := time.Since(began)
	midway := 0
	for n := range kills {
		ran := c.executions(victims)
		name := fmt.Sprintf("killed%d", n)
		written := s.work(t, c, name, rand.N(took))
		if done := wantWhole(t, s, name, written, c.executions(victims)-ran); done > 0 && done < victims {
			midway++
		}
	}
	t.Logf("%d of %d were killed between their first and their last outcome; a whole run takes %v", midway, kills, took)
	if midway == 0 {
		t.Error("all were killed too early or too late")
	}
}

// work runs a worker over the crowd, kills it after a while, and gives its
// record as it was just before.
func (s *scene) work(t *testing.T, c crowd, name string, after time.Duration) []byte {
	t.Helper()
	input := filepath.Join(s.prefix(name), "input", "202601020304")
	if err := os.MkdirAll(input, 0o700); err != nil {
		t.Fatal(err)
	}
	chunk := filepath.Join(input, "xaa")
	if err := os.WriteFile(chunk, []byte(c.input(victims)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := s.command(context.WithoutCancel(t.Context()), "worker", "-A", "pubkey", "-d", s.share,
		"-r", filepath.Join(s.dir, "remote.sh"), "-n", "16", name, chunk)
	cmd.Env = append(cmd.Env, c.options())
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("the worker failed before it was killed: %v\n%s", err, log.String())
		}
		return nil
	case <-time.After(after):
	}
	written := []byte(gathered(t, filepath.Join(s.prefix(name), "*.xaa", job.Record)))
	if err := cmd.Process.Kill(); err == nil {
		if err := <-ended; !killed(err) {
			t.Logf("it ended by itself: %v", err)
		}
	}
	return written
}

func killed(err error) bool {
	exit, ok := err.(*exec.ExitError) //nolint:errorlint // Wait gives it as it is
	return ok && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
}

// wantWhole holds what a killed worker left against what it had written and
// against how often the script was started. It gives the number of outcomes.
func wantWhole(t *testing.T, s *scene, name string, written []byte, ran int64) int64 {
	t.Helper()
	if len(written) == 0 && ran == 0 {
		return 0
	}
	folder := one(t, filepath.Join(s.prefix(name), "[0-9]*.xaa"))
	work, err := share.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer work.Close()
	out, err := work.Sub("output", strings.TrimSuffix(filepath.Base(folder), ".xaa"), "xaa")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	recovered, err := result.Recover(work, out)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for entry, err := range result.Read(strings.NewReader(string(written))) {
		if err == nil && entry.Kind == result.KindOutcome && !recovered.Done.Has(entry.Outcome.Line) {
			t.Errorf("%s: line %d had its outcome and lost it", name, entry.Outcome.Line)
		}
	}
	if known := recovered.Done.Count() + int64(len(recovered.InFlight)); known < ran {
		t.Errorf("%s: the script ran %d times, the record knows of %d", name, ran, known)
	}
	wantOutput(t, name, folder)
	return recovered.Done.Count()
}

// wantOutput looks up in the classic files what the record says is there.
func wantOutput(t *testing.T, name, folder string) {
	t.Helper()
	for entry, err := range result.Read(strings.NewReader(read(t, filepath.Join(folder, job.Record)))) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		o := entry.Outcome
		if entry.Kind != result.KindOutcome || o.Class != result.OK {
			continue
		}
		text := gathered(t, filepath.Join(folder, "output", "*", "*", o.File))
		want := fmt.Sprintf("%s,%s,this is %s\n", o.Host, o.IP, o.IP)
		if end := o.Offset + o.Length; int64(len(text)) < end || text[o.Offset:end] != want {
			t.Errorf("%s: %s does not hold %q at %d", name, o.File, want, o.Offset)
		}
	}
}
