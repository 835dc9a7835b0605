package job_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
)

func TestFindingsSayTheirTexts(t *testing.T) {
	found := []job.Finding{{About: job.AboutShare, Text: "it isn't there"}, {About: job.AboutClock, Text: "it is late"}}
	if diff := cmp.Diff([]string{found[0].String(), "it is late"}, job.Texts(found)); diff != "" {
		t.Error(diff)
	}
	seen := make(map[job.About]bool)
	for _, about := range job.Abouts {
		if seen[about] {
			t.Errorf("%s is looked at twice", about)
		}
		seen[about] = true
	}
}
