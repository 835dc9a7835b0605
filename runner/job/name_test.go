package job_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/job"
)

func TestANameIsOneSafePathSegment(t *testing.T) {
	for _, name := range []string{"info1", "a", "2026-11", "a.b_c-d", "A.", strings.Repeat("n", 100)} {
		if err := job.CheckName(name); err != nil {
			t.Errorf("CheckName(%q): %v", name, err)
		}
	}
	for _, name := range []string{
		"", ".", "..", ".old", "a..b", "-n", "_a", "a/b", "/a", "a b", "a\n", "\na", "a\x00", "a$b", "a'b", "ü", "*", "~",
		strings.Repeat("n", 101),
	} {
		if err := job.CheckName(name); err == nil {
			t.Errorf("CheckName(%q) takes it", name)
		}
	}
}

func TestRunsSortByTimeAndAreUnique(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, time.November, 25, 3, 39, 53, 42e6, zone)
	var runs []string
	for i := range 50 {
		run := job.NewRun(now.Add(time.Duration(i) * time.Millisecond))
		if err := job.CheckRun(run); err != nil {
			t.Errorf("%s: %v", run, err)
		}
		runs = append(runs, run)
	}
	if want := "20261125T023953.042Z-"; !strings.HasPrefix(runs[0], want) {
		t.Errorf("the first is %s, want %s…", runs[0], want)
	}
	if !slices.IsSorted(runs) {
		t.Errorf("they don't sort: %v", runs)
	}
	if a, b := job.NewRun(now), job.NewRun(now); a == b {
		t.Errorf("%s twice", a)
	}
}

func TestWhatIsNoRunIsRefused(t *testing.T) {
	run := job.NewRun(time.Unix(0, 0))
	for _, bad := range []string{"", "..", run + "\n", "x" + run, run + "/..", strings.ToUpper(run) + "0", strings.Replace(run, "Z", "/", 1)} {
		if err := job.CheckRun(bad); err == nil {
			t.Errorf("CheckRun(%q) takes it", bad)
		}
	}
}

func TestMinutesAndDateLinesAreInTheClocksOwnZone(t *testing.T) {
	utc := time.Date(2026, time.November, 25, 2, 39, 53, 0, time.UTC)
	for _, c := range []struct {
		now       time.Time
		min, line string
	}{
		{utc, "202611250239", "Wed Nov 25 02:39:53 UTC 2026\n"},
		{utc.In(time.FixedZone("CET", 3600)), "202611250339", "Wed Nov 25 03:39:53 CET 2026\n"},
		{utc.AddDate(0, 0, -20), "202611050239", "Thu Nov  5 02:39:53 UTC 2026\n"}, // date(1) pads the day with a blank
	} {
		if got := job.Min(c.now); got != c.min {
			t.Errorf("Min = %s, want %s", got, c.min)
		}
		if got := job.DateLine(c.now); got != c.line {
			t.Errorf("DateLine = %q, want %q", got, c.line)
		}
	}
}

func TestAChunkIsFoundByItsFolder(t *testing.T) {
	for folder, want := range map[string]string{
		"202611250239.xaa":         "xaa",
		"202611250239.info1-input": "info1-input",
		"202611250239.a.b":         "a.b",
		"202611250239.":            "",
		"202611250239..":           "",
		"202611250239.-x":          "",
		"202611250239.a..b":        "",
		"202611250239.xaa/..":      "",
		"202611250239.xaa\n":       "",
		"20261125023.xaa":          "",
		"2026112502390.xaa":        "",
		"input":                    "",
		".run-x":                   "",
		"":                         "",
	} {
		if got, ok := job.ChunkOf(folder); got != want || ok != (want != "") {
			t.Errorf("ChunkOf(%q) = %q, %v, want %q", folder, got, ok, want)
		}
	}
}
