package worker

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

func TestWhatIsAnothersIsNotGoneOnWith(t *testing.T) {
	for want, change := range map[string]func(*scene) error{
		"by run": func(s *scene) error {
			s.Job.Run = job.NewRun(clock.Add(time.Hour))
			return nil
		},
		"isn't that of": func(s *scene) error {
			s.lines[0] = "other " + s.lines[0]
			return s.dealAgain()
		},
		"begun twice": func(s *scene) error {
			return os.Mkdir(filepath.Join(s.prefix(), "202601021400.xab"), 0o700)
		},
		"there is no record": func(s *scene) error { return os.Remove(filepath.Join(s.folder(), job.Record)) },
		"it is finished": func(s *scene) error {
			done := filepath.Join(s.folder(), job.Done)
			return errors.Join(
				os.Remove(filepath.Join(s.folder(), job.Record)), os.WriteFile(done, []byte(job.DateLine(clock)), 0o600),
			)
		},
	} {
		t.Run(want, func(t *testing.T) {
			s, executions := ready(t)
			s.work(t)
			if err := os.Remove(filepath.Join(s.folder(), job.Done)); err != nil {
				t.Fatal(err)
			}
			if err := change(s); err != nil {
				t.Fatal(err)
			}
			before := tree(t, s.prefix())
			_, err := Run(t.Context(), s.Config)
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), s.folder()) {
				t.Errorf("got %v, want %q", err, want)
			}
			if n := executions(); n != 1 {
				t.Errorf("the script ran %d times", n)
			}
			wantSame(t, before, tree(t, s.prefix()))
			s.wantNothingLeft(t)
		})
	}
}

// dealAgain deals the scene's lines out once more, as the same run.
func (s *scene) dealAgain() error {
	text := []byte(strings.Join(s.lines, "\n"))
	s.Job.Chunks = map[string]job.Chunk{"xab": {SHA256: job.Digest(text), Lines: int64(len(s.lines))}}
	return os.WriteFile(s.Args.ChunkFile, text, 0o600)
}

// tree reads all files below a folder.
func tree(t *testing.T, path string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(path, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[strings.TrimPrefix(name, path)] = read(t, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func wantSame(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name, text := range after {
		if was, ok := before[name]; !ok || was != text {
			t.Errorf("%s was changed, or made: %.200q", name, text)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestOfTwoWorkersAtOnceTheSecondIsRefused(t *testing.T) {
	s := newScene(t)
	at := s.add(t, "busy", fleet.Behaviour{Kind: fleet.NeverEnds})
	s.staged(t)
	p := s.start(t)
	await(t.Context(), t, func() bool { return s.fleet.Executions(at) == 1 })
	_, err := Run(t.Context(), s.Config)
	if !errors.Is(err, result.ErrHeld) || !strings.Contains(err.Error(), s.folder()) {
		t.Errorf("got %v", err)
	}
	p.signal(t, syscall.SIGKILL)
	_, _ = p.ends()
	if n := s.fleet.Executions(at); n != 1 {
		t.Errorf("the script ran %d times", n)
	}
}
