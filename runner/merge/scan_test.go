package merge

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

const (
	minute  = "202601021504"
	wminute = "202601021505"
)

// scan is a folder of a scan, PREFIX.
type scan struct {
	t      testing.TB
	path   string
	prefix *share.Dir
	chunks []Chunk
}

func newScan(t testing.TB) *scan {
	t.Helper()
	path := t.TempDir()
	prefix, err := share.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = prefix.Close() })
	return &scan{t: t, path: path, prefix: prefix}
}

func (s *scan) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.path, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// chunk adds a chunk whose worker has a folder.
func (s *scan) chunk(name, input string) Chunk {
	c := Chunk{Name: name, Dir: wminute + "." + name}
	s.write("input/"+minute+"/"+name, input)
	s.chunks = append(s.chunks, c)
	return c
}

// come is what came of a target.
type come struct {
	class  result.Class
	status int
	output string
}

// work keeps, in the chunk's ledger, what came of its first targets.
func (s *scan) work(c Chunk, came ...come) {
	s.t.Helper()
	work, err := s.prefix.Make(c.Dir)
	if err != nil {
		s.t.Fatal(err)
	}
	defer work.Close()
	out, err := work.Make("output", wminute, "xaa")
	if err != nil {
		s.t.Fatal(err)
	}
	defer out.Close()
	l, err := result.Create(work, out, result.Header{Run: "r1", Chunk: c.Name, Started: time.Unix(0, 0)})
	if err != nil {
		s.t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(s.path, "input", minute, c.Name))
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	targets := chunk.NewReader(f)
	for _, e := range came {
		t, err := targets.Next()
		if err != nil {
			s.t.Fatal(err)
		}
		o := result.Outcome{Line: t.Line, Host: t.Host, Class: e.class, Status: e.status}
		_, err = l.Outcome(o, t, strings.NewReader(e.output))
		if err := errors.Join(err, l.Checked(t)); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scan) merge() Report {
	s.t.Helper()
	r, err := Merge(s.t.Context(), s.prefix, minute, s.chunks)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// want holds the folder against what it should hold: all of it.
func (s *scan) want(files map[string]string) {
	s.t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.path, "final"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := files[e.Name()]; !ok {
			s.t.Errorf("final/%s is one too many", e.Name())
		}
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(s.path, "final", name))
		if err != nil || string(got) != want {
			s.t.Errorf("final/%s: %.300q, want %.300q (%v)", name, got, want, err)
		}
	}
	hidden, err := filepath.Glob(filepath.Join(s.path, ".final*"))
	if err != nil || len(hidden) > 0 {
		s.t.Errorf("left over: %v %v", hidden, err)
	}
}

func (s *scan) append(name, text string) {
	s.t.Helper()
	old, err := os.ReadFile(filepath.Join(s.path, name))
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(name, string(old)+text)
}

// repeat doubles a file's content.
func (s *scan) repeat(name string) {
	data, err := os.ReadFile(filepath.Join(s.path, name))
	if err != nil {
		s.t.Fatal(err)
	}
	s.append(name, string(data))
}

// link puts a link in the place of an entry.
func (s *scan) link(name string) {
	path := filepath.Join(s.path, name)
	aside := filepath.Join(s.t.TempDir(), "aside")
	if err := errors.Join(os.Rename(path, aside), os.Symlink(aside, path)); err != nil {
		s.t.Fatal(err)
	}
}
