package merge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
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

func TestAllChunksEndUpInOneFolder(t *testing.T) {
	s := newScan(t)
	s.work(s.chunk("xaa", "web1\nweb2 10.0.0.2\nweb3\n"),
		come{class: result.OK, output: "one\ntwo\n"}, come{class: result.Exit, status: 3, output: "bad\nworse\n"}, come{class: result.NoPing})
	s.work(s.chunk("xab", "web4\nweb5\nweb6 10.0.0.6\n"),
		come{class: result.OK}, come{class: result.NoSSHD}, come{class: result.NoSSH, status: 255})
	s.work(s.chunk("xac", "web7\n"), come{class: result.OK, output: "seven"})
	r := s.merge()
	if r.Targets != 7 || r.Unsorted != 0 || r.Tally.Total() != 7 || r.Tally.Counts["ok"] != 3 || len(r.Warnings) > 0 {
		t.Errorf("%+v", r)
	}
	s.want(map[string]string{
		"ok":      "web1,,one\nweb4,,\nweb7,,seven\n",
		"output":  "web1,,one\ntwo\nweb4,,\nweb7,,seven\n",
		"exit_3":  "web2,,bad\nworse\n",
		"noping":  "web3\n",
		"nosshd":  "web5\n",
		"nossh":   "web6 10.0.0.6\n",
		"checked": "web1\nweb2 10.0.0.2\nweb3\nweb4\nweb5\nweb6 10.0.0.6\nweb7\n",
		"input":   "web1\nweb2 10.0.0.2\nweb3\nweb4\nweb5\nweb6 10.0.0.6\nweb7\n",
		"count":   "7 input\n7 checked\n3 ok\n1 exit_3\n1 noping\n1 nosshd\n1 nossh\n3 output\n",
	})
}

func TestOutputThatLooksLikeAnotherHostsIsNotTakenForIt(t *testing.T) {
	s := newScan(t)
	s.work(s.chunk("xaa", "evil\nweb1\n"),
		come{class: result.OK, output: "fine\nweb1,,all is well here\n"}, come{class: result.OK, output: "broken"})
	s.merge()
	s.want(map[string]string{
		"ok":      "evil,,fine\nweb1,,broken\n",
		"output":  "evil,,fine\nweb1,,all is well here\nweb1,,broken\n",
		"checked": "evil\nweb1\n", "input": "evil\nweb1\n",
		"count": "2 input\n2 checked\n2 ok\n2 output\n",
	})
}

func TestLargeOutputIsCopiedWhole(t *testing.T) {
	s := newScan(t)
	long := strings.Repeat("x", 100_000) // over any buffer
	s.work(s.chunk("xaa", "web1\nweb2\n"),
		come{class: result.OK, output: long + "\n" + long + long}, come{class: result.OK, output: "short"})
	s.merge()
	s.want(map[string]string{
		"ok":      "web1,," + long + "\nweb2,,short\n",
		"output":  "web1,," + long + "\n" + long + long + "\nweb2,,short\n",
		"checked": "web1\nweb2\n", "input": "web1\nweb2\n",
		"count": "2 input\n2 checked\n2 ok\n2 output\n",
	})
}

func TestLinesWithoutAnOutcomeAreUnsorted(t *testing.T) {
	s := newScan(t)
	s.work(s.chunk("xaa", "# a comment\nweb1\n\nweb2\nweb3\n"), come{class: result.OK, output: "fine"})
	s.chunk("xab", "web4\n") // its worker's folder was never made
	s.write("input/"+minute+"/xac", "web5\n-bad-line\n")
	s.chunks = append(s.chunks, Chunk{Name: "xac"}) // its worker never started
	c := s.chunk("xad", "web6\n")
	s.write(c.Dir+"/.record", "") // its worker died at once
	r := s.merge()
	if r.Targets != 7 || r.Unsorted != 6 || r.Tally.Total() != 1 {
		t.Errorf("%+v", r)
	}
	s.want(map[string]string{
		"ok": "web1,,fine\n", "output": "web1,,fine\n", "checked": "web1\n",
		"input":    "web1\nweb2\nweb3\nweb4\nweb5\n-bad-line\nweb6\n",
		"unsorted": "web2\nweb3\nweb4\nweb5\n-bad-line\nweb6\n",
		"count":    "7 input\n1 checked\n1 ok\n1 output\n6 unsorted\n",
	})
}

func TestOfATornRecordTheWholeLinesAreMerged(t *testing.T) {
	s := newScan(t)
	c := s.chunk("xaa", "web1\nweb2\nweb3\n")
	s.work(c, come{class: result.OK, output: "one"}, come{class: result.OK, output: "two"})
	s.append(c.Dir+"/.record", `{"len":"0000300","k":"o","line":3`)
	s.append(c.Dir+"/output/"+wminute+"/xaa/hosts_ok", "web3,,torn off wit")
	s.append(c.Dir+"/output/"+wminute+"/xaa/hosts_checked", "web")
	r := s.merge()
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], c.Dir+"/.record: torn at byte") {
		t.Errorf("warnings %q", r.Warnings)
	}
	s.want(map[string]string{
		"ok": "web1,,one\nweb2,,two\n", "output": "web1,,one\nweb2,,two\n",
		"checked": "web1\nweb2\nweb\n", "input": "web1\nweb2\nweb3\n", "unsorted": "web3\n",
		"count": "3 input\n3 checked\n2 ok\n2 output\n1 unsorted\n",
	})
}

func (s *scan) append(name, text string) {
	s.t.Helper()
	old, err := os.ReadFile(filepath.Join(s.path, name))
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(name, string(old)+text)
}

func TestResultsThatAreGoneMakeTheirTargetsUnsorted(t *testing.T) {
	s := newScan(t)
	c := s.chunk("xaa", "web1\nweb2\nweb3\n")
	s.work(c, come{class: result.OK, output: "one"}, come{class: result.OK, output: "two"}, come{class: result.NoPing})
	folder := filepath.Join(s.path, c.Dir, "output", wminute, "xaa")
	if err := errors.Join(os.Truncate(filepath.Join(folder, "hosts_ok"), 12), os.Remove(filepath.Join(folder, "hosts_noping"))); err != nil {
		t.Fatal(err)
	}
	r := s.merge()
	if r.Unsorted != 2 || len(r.Warnings) != 2 {
		t.Errorf("%+v", r)
	}
	s.want(map[string]string{
		"ok": "web1,,one\n", "output": "web1,,one\n", "checked": "web1\nweb2\nweb3\n",
		"input": "web1\nweb2\nweb3\n", "unsorted": "web2\nweb3\n",
		"count": "3 input\n3 checked\n1 ok\n1 output\n2 unsorted\n",
	})
}

func TestAFolderThatIsThereIsReplaced(t *testing.T) {
	s := newScan(t)
	s.work(s.chunk("xaa", "web1\n"), come{class: result.OK})
	s.write("final/stale", "x")
	s.write(".final-new/half", "x")
	s.write(".final-old/stale", "x")
	want := map[string]string{
		"ok": "web1,,\n", "output": "web1,,\n", "checked": "web1\n", "input": "web1\n",
		"count": "1 input\n1 checked\n1 ok\n1 output\n",
	}
	for range 2 {
		s.merge()
		s.want(want)
	}
}

func TestWhatCantBeMergedChangesNothing(t *testing.T) {
	gone := func(s *scan, c Chunk) {
		if err := os.Remove(filepath.Join(s.path, "input", minute, c.Name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, spoil := range map[string]func(*scan, Chunk){
		"input":      gone,
		"no minute":  func(s *scan, _ Chunk) { _ = os.RemoveAll(filepath.Join(s.path, "input")) },
		"record":     func(s *scan, c Chunk) { s.repeat(c.Dir + "/.record") },
		"linked":     func(s *scan, c Chunk) { s.link(c.Dir) },
		"results":    func(s *scan, c Chunk) { s.link(c.Dir + "/output/" + wminute + "/xaa") },
		"hosts_ok":   func(s *scan, c Chunk) { s.link(c.Dir + "/output/" + wminute + "/xaa/hosts_ok") },
		"checked":    func(s *scan, c Chunk) { s.link(c.Dir + "/output/" + wminute + "/xaa/hosts_checked") },
		"the record": func(s *scan, c Chunk) { s.link(c.Dir + "/.record") },
	} {
		s := newScan(t)
		c := s.chunk("xaa", "web1\n")
		s.work(c, come{class: result.OK})
		s.write("final/before", "x")
		spoil(s, c)
		if _, err := Merge(t.Context(), s.prefix, minute, s.chunks); err == nil || !strings.Contains(err.Error(), "xaa") {
			t.Errorf("%s: %v", name, err)
		}
		s.want(map[string]string{"before": "x"})
	}
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

func TestAMergeThatIsStoppedChangesNothing(t *testing.T) {
	s := newScan(t)
	s.work(s.chunk("xaa", "web1\n"), come{class: result.OK})
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("interrupted")
	cancel(cause)
	if _, err := Merge(ctx, s.prefix, minute, s.chunks); !errors.Is(err, cause) {
		t.Error(err)
	}
	if _, err := os.Lstat(filepath.Join(s.path, job.Final)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("there is a folder:", err)
	}
}

func BenchmarkMerge(b *testing.B) {
	const targets = 10_000
	s := newScan(b)
	var input strings.Builder
	came := make([]come, targets)
	for i := range came {
		fmt.Fprintf(&input, "host%d.example.com\n", i)
		came[i] = come{class: result.OK, output: "a line of output\nand another\n"}
	}
	s.work(s.chunk("xaa", input.String()), came...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Merge(b.Context(), s.prefix, minute, s.chunks); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/targets, "ns/target")
}
