package host_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// abouts gives what was found about each thing.
func abouts(all []job.Finding) map[job.About]string {
	texts := make(map[job.About]string)
	for _, f := range all {
		texts[f.About] = f.Text
	}
	return texts
}

func TestWhatIsWellWithAHostIsSaidOfAllThatNothingIsWrongWith(t *testing.T) {
	f, n := able(), need()
	f.Screen.Version, f.SkewBy = "Screen version 4.09\n", time.Second/2
	want := map[job.About]string{
		job.AboutScreen: "Screen version 4.09 keeps a session", job.AboutRoom: "1.0 TiB and 1,048,576 files",
		job.AboutClock: "the same as the master's, to within 2s",
	}
	if diff := cmp.Diff(want, abouts(f.Found(n))); diff != "" {
		t.Error(diff)
	}
	n.Launch, n.Deploy, f.Skew, f.Dir.Inodes = plan.ViaProcess, "never", 3*time.Second, -1
	want = map[job.About]string{
		job.AboutScreen: "setsid is there, and screen is not needed (launch: process)", job.AboutRoom: "1.0 TiB",
		job.AboutProgram: "/usr/bin/scanslave, scanmaster 1.0", job.AboutClock: "3s from the master's, which does no harm",
	}
	if diff := cmp.Diff(want, abouts(f.Found(n))); diff != "" {
		t.Error(diff)
	}
	f.Scanslave, n.Classic = host.Scanslave{Path: "/x", Classic: true}, new(plan.Classic)
	if got := abouts(f.Found(n))[job.AboutProgram]; got != "/x, of the classic suite" {
		t.Error(got)
	}
	f.Setsid, f.Skew, f.Dir.Free, f.Scanslave = false, time.Hour, 3, host.Scanslave{}
	if got := f.Found(n); len(got) > 0 {
		t.Errorf("%q is well, too", got)
	}
}
