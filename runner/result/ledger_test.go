package result

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scanmaster/runner/chunk"
	"scanmaster/runner/share"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimEnv); dir != "" {
		os.Exit(victim(dir))
	}
	if dir := os.Getenv(heirEnv); dir != "" {
		os.Exit(heir(dir))
	}
	goleak.VerifyTestMain(m)
}

// folders opens a chunk's folder and that of its results.
func folders(t testing.TB, path string) (work, out *share.Dir) {
	t.Helper()
	work, err := share.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err = work.Make("output", "202601021504", "xaa")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = work.Close(), out.Close() })
	return work, out
}

var header = Header{
	Format: Format, Run: "r1", Chunk: "xaa", Name: "info1", Host: "scan1",
	Started: time.Date(2026, 1, 2, 15, 4, 5, 6, time.UTC),
}

func create(t testing.TB, path string) *Ledger {
	t.Helper()
	work, out := folders(t, path)
	l, err := Create(work, out, header)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func target(line int64, host string) chunk.Target {
	return chunk.Target{Line: line, Text: host + " 10.0.0.1", Host: host, IP: "10.0.0.1"}
}

func fine(line int64, host string) Outcome {
	return Outcome{Line: line, Host: host, IP: "10.0.0.1", Class: OK, Phase: PhaseRun, Start: header.Started}
}

func resultFile(t testing.TB, path, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path, "output", "202601021504", "xaa", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheClassicFilesHoldWhatTheClassicSuiteWrites(t *testing.T) {
	path := t.TempDir()
	l := create(t, path)
	cases := []struct {
		outcome Outcome
		output  string
	}{
		{Outcome{Class: OK, IP: "10.0.0.1"}, "one\r\ntwo\x00\n\n\r\n"},
		{Outcome{Class: OK}, ""},
		{Outcome{Class: OK}, "\n\nafter blank lines"},
		{Outcome{Class: Exit, Status: 3}, "sorry\rvery\n"},
		{Outcome{Class: Exit, Status: 254}, "z"},
		{Outcome{Class: NoPing}, ""},
		{Outcome{Class: NoSSHD}, ""},
		{Outcome{Class: NoSSH, Status: 255}, "not kept"},
	}
	for i, c := range cases {
		o, tg := c.outcome, target(int64(i+1), "web"+string(rune('1'+i)))
		o.Line, o.Host = tg.Line, tg.Host
		if err := l.Checked(tg); err != nil {
			t.Fatal(err)
		}
		if err := l.Attempt(tg); err != nil {
			t.Fatal(err)
		}
		kept, err := l.Outcome(o, tg, strings.NewReader(c.output))
		if err != nil {
			t.Fatal(err)
		}
		all := resultFile(t, path, kept.File)
		if kept.Offset+kept.Length != int64(len(all)) {
			t.Errorf("line %d is at %d+%d of %d bytes", o.Line, kept.Offset, kept.Length, len(all))
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"hosts_ok":       "web1,10.0.0.1,one\n\ntwo\nweb2,,\nweb3,,\n\nafter blank lines\n",
		"hosts_exit_3":   "web4,,sorry\nvery\n",
		"hosts_exit_254": "web5,,z\n",
		"hosts_noping":   "web6 10.0.0.1\n",
		"hosts_nosshd":   "web7 10.0.0.1\n",
		"hosts_nossh":    "web8 10.0.0.1\n",
	} {
		if got := resultFile(t, path, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := strings.Count(resultFile(t, path, "hosts_checked"), " 10.0.0.1\n"); got != len(cases) {
		t.Errorf("%d lines checked, want %d", got, len(cases))
	}
	if got := l.Tally(); got.Counts["ok"] != 3 || got.Total() != 8 || l.Lines() != 8 {
		t.Errorf("tally %v, %d lines", got.Counts, l.Lines())
	}
}
