package job_test

import (
	"testing"

	"scanmaster/runner/job"
)

func TestALimitIsThatOfOneChunkOfOneRun(t *testing.T) {
	l := job.LimitMark{Run: "r", Chunk: "xaa", Of: 100, End: 40}
	for name, c := range map[string]struct {
		text       string
		run, chunk string
		ok         bool
	}{
		"its own":      {string(l.Encode()), "r", "xaa", true},
		"another run":  {string(l.Encode()), "s", "xaa", false},
		"another one":  {string(l.Encode()), "r", "xab", false},
		"half of it":   {string(l.Encode()[:20]), "r", "xaa", false},
		"nothing":      {"", "r", "xaa", false},
		"another kind": {`[1]`, "r", "xaa", false},
	} {
		if got, ok := job.ParseLimit([]byte(c.text), c.run, c.chunk); ok != c.ok || ok && got != l {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

func TestALimitAllowsToEndAtItOrLater(t *testing.T) {
	l := job.LimitMark{Of: 100, End: 40}
	for _, c := range []struct {
		end, lines int64
		want       bool
	}{
		{40, 100, true},
		{55, 100, true},
		{39, 100, false},  // earlier than it was asked to
		{100, 100, false}, // at the end anyway
		{45, 60, true},    // the master knows of an answer that a later worker doesn't
		{60, 60, false},
		{50, 120, false}, // asked of another chunk than this
		{0, 100, false},
	} {
		if got := l.Allows(c.end, c.lines); got != c.want {
			t.Errorf("to end at %d of %d is allowed: %v", c.end, c.lines, got)
		}
	}
}
