package merge

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

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
