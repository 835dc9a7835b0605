package runner

import (
	"slices"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/job"
)

func TestAFolderThatShowsFilesLateIsHeldAgainstTheLease(t *testing.T) {
	for name, c := range map[string]struct {
		there, back time.Duration
		warned      bool
		want        string
	}{
		"at once":        {3 * time.Millisecond, 0, false, "seen there within 100ms, and back within 100ms (lease 2m, poll 1m)"},
		"within a while": {30 * time.Second, 9999 * time.Millisecond, false, "seen there within 30.1s, and back within 10s (lease 2m, poll 1m)"},
		"late there":     {31 * time.Second, 0, true, "lease is 2m: lease: 2m5s bears that, or mount"},
		"late here":      {0, 90 * time.Second, true, "lease is 2m: lease: 6m1s bears that, or mount"},
	} {
		b := &prober{lease: 2 * time.Minute, poll: time.Minute}
		var p Probed
		b.late(&p, c.there, c.back)
		told := slices.Concat(p.Warnings, p.Found)
		if len(told) != 1 || (len(p.Warnings) == 1) != c.warned || told[0].About != job.AboutShare || !strings.Contains(told[0].Text, c.want) {
			t.Errorf("%s: %+v, want %q", name, p, c.want)
		}
	}
}
