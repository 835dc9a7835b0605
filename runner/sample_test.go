package runner

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// TestWhatAClassicWorkerHasDoneIsCountedByItsFiles: it leaves no record.
func TestWhatAClassicWorkerHasDoneIsCountedByItsFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"input/202601021503/xaa":                                   "web1\nweb2\nweb3\n",
		"202601021504.xaa/output/202601021504/xaa/hosts_ok":        "web1,,fine\n",
		"202601021504.xaa/output/202601021504/xaa/hosts_nossh":     "web2\n",
		"202601021504.xaa/output/202601021504/xaa/hosts_exit_code": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	prefix, err := share.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer prefix.Close()
	c := &chunkRun{name: "xaa", lines: 3, done: true, folder: "202601021504.xaa"}
	c.classic.Store(true)
	r := &run{prefix: prefix, plan: plan.Plan{Layout: job.Layout{Min: "202601021503"}}, chunks: []*chunkRun{c}}
	var s sample
	if err := r.sampleOf(t.Context(), c, c.lines, &s); err != nil {
		t.Fatal(err)
	}
	if want := map[string]int64{"ok": 1, "nossh": 1}; !maps.Equal(s.tally.Counts, want) || s.failed["nossh"] != 1 || len(s.failed) != 1 {
		t.Errorf("%+v, want %v", s, want)
	}
	if err := r.countClassic(t.Context()); err != nil || c.tally.Total() != 2 {
		t.Errorf("%+v, %v", c.tally, err)
	}
}

func TestWhatWorkersPublishIsHeldInBounds(t *testing.T) {
	r := &run{chunks: []*chunkRun{
		{name: "xaa", lines: 10}, {name: "xab", lines: 10}, {name: "xac", lines: 10}, {name: "xad", lines: 10, done: true},
	}}
	r.chunks[3].tally.Add("exit_3")
	s, of := r.published(map[string]job.ProgressMark{
		"xaa": {Taken: 1000, Done: 7, Counts: map[string]int64{"exit_3": 5, "ok": 2}},
		"xab": {Taken: -7, Counts: map[string]int64{"exit_3": -1}},
		"xac": {Taken: 5, Counts: map[string]int64{strings.Repeat("x", 9): 100}},
	})
	if s.of != 20 || of[0] != 10 || of[1] != 0 || of[2] != 0 || of[3] != 10 || s.failed["exit_3"] != 6 || len(s.failed) != 1 {
		t.Errorf("%+v of %v", s, of)
	}
}
