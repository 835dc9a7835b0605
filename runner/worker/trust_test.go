package worker

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// ready is a scene with one target, a hook and a job file.
func ready(t *testing.T) (*scene, func() int64) {
	t.Helper()
	s := newScene(t)
	at := s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\ntouch \"$1/ran\"\n")
	s.staged(t)
	return s, func() int64 { return s.fleet.Executions(at) }
}

func TestWhatIsNotWhatWasStagedIsRefused(t *testing.T) {
	for name, path := range map[string]func(*scene) string{
		"script": func(s *scene) string { return s.Args.Remote },
		"hook":   func(s *scene) string { return s.Args.PostChunk },
		"chunk":  func(s *scene) string { return s.Args.ChunkFile },
	} {
		t.Run(name, func(t *testing.T) {
			s, executions := ready(t)
			was := digest(t, path(s))
			if err := os.WriteFile(path(s), []byte("evil\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			s.wantFailure(t, path(s), was, digest(t, path(s)))
			if n := executions(); n != 0 {
				t.Errorf("the script ran %d times", n)
			}
		})
	}
}

func TestWhatDoesNotFitTheJobIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*scene)
		want   string
	}{
		"another scan":     {func(s *scene) { s.Job.Name = "patches" }, "patches"},
		"another chunk":    {func(s *scene) { delete(s.Job.Chunks, "xab") }, "no chunk of this run"},
		"another count":    {func(s *scene) { s.Job.Chunks["xab"] = job.Chunk{Lines: 2} }, "counted 2"},
		"another hook":     {func(s *scene) { s.Job.PostChunk = nil }, "post.sh"},
		"a password":       {func(s *scene) { s.Args.Auth = "password" }, errNobodyTypes.Error()},
		"no jobs":          {func(s *scene) { s.Args.Jobs = 0 }, "0 targets"},
		"a passed option":  {func(s *scene) { s.Args.Passthrough = []string{"-o"} }, "-o"},
		"a name above":     {func(s *scene) { s.Job.Name, s.Args.Name = "..", ".." }, "the scan's name"},
		"no key":           {func(s *scene) { s.Targets.Identities = nil }, "no key"},
		"a key not there":  {func(s *scene) { s.Targets.Identities = []string{"~/nosuch"} }, "nosuch"},
		"no script":        {func(s *scene) { s.Args.Remote = s.dir + "/nosuch" }, "nosuch"},
		"a folder":         {func(s *scene) { s.Args.Remote = s.dir }, "no regular file"},
		"no share":         {func(s *scene) { s.Args.Dir = s.dir + "/nosuch" }, "shared folder"},
		"another share":    {func(s *scene) { s.Args.Dir = s.t.TempDir() }, "the scan's folder"},
		"no room for it":   {func(s *scene) { s.Temp = s.dir + "/nosuch" }, "nosuch"},
		"keys that aren't": {func(s *scene) { s.badKeys() }, "audit.xaa:1"},
		"a known file":     {func(s *scene) { s.Targets.KnownHosts = []string{"~/nosuch"} }, "nosuch"},
	} {
		t.Run(name, func(t *testing.T) {
			s, executions := ready(t)
			temp := s.Temp
			c.change(s)
			_, err := Run(t.Context(), s.Config)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			s.Temp = temp
			s.wantNothingLeft(t)
			if n := executions(); n != 0 {
				t.Errorf("the script ran %d times", n)
			}
			if _, err := os.Stat(s.folder()); err == nil {
				t.Error("the chunk's folder was made")
			}
		})
	}
}

// badKeys leaves a file of host keys that is none.
func (s *scene) badKeys() {
	dir := filepath.Join(s.share, job.State, job.HostKeys)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "audit.xaa"), []byte("nonsense\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func TestNothingIsWrittenThroughLinks(t *testing.T) {
	for name, path := range map[string]func(*scene) string{
		"the scan's folder": func(s *scene) string { return s.prefix() },
		"the state":         func(s *scene) string { return filepath.Join(s.share, job.State) },
		"the chunk's":       func(s *scene) string { return s.folder() },
	} {
		t.Run(name, func(t *testing.T) {
			s, executions := ready(t)
			chunk := s.write(t, "xab", strings.Join(s.lines, "\n"))
			if err := os.RemoveAll(path(s)); err != nil {
				t.Fatal(err)
			}
			elsewhere := t.TempDir()
			if err := os.Symlink(elsewhere, path(s)); err != nil {
				t.Fatal(err)
			}
			s.Args.ChunkFile = chunk
			_, err := Run(t.Context(), s.Config)
			if err == nil || name != "the chunk's" && !errors.Is(err, share.ErrLink) {
				t.Errorf("got %v, want that there is a link", err)
			}
			if left, err := os.ReadDir(elsewhere); err != nil || len(left) > 0 {
				t.Errorf("written through the link: %v, %v", left, err)
			}
			if n := executions(); n != 0 {
				t.Errorf("the script ran %d times", n)
			}
		})
	}
}

// TestWhatWasVerifiedIsWhatRuns has the files change after they were read.
func TestWhatWasVerifiedIsWhatRuns(t *testing.T) {
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{})
	s.Args.PostChunk = s.write(t, "post.sh", "echo verified >\"$1/ran\"\n")
	evil := s.write(t, "evil", "echo evil")
	// The target changes what the worker has read already.
	s.Args.Remote = s.write(t, "remote.sh", "cp "+job.Quote(evil)+" "+job.Quote(s.Args.PostChunk)+"\necho verified\n")
	s.staged(t)
	s.work(t)
	if got := read(t, filepath.Join(s.folder(), "ran")); got != "verified\n" {
		t.Errorf("the hook that ran is %q", got)
	}
	if got := read(t, s.Args.PostChunk); got != "echo evil" {
		t.Fatalf("the hook was not changed: %q", got)
	}
}
