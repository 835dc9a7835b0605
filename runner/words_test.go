package runner

import (
	"strings"
	"testing"

	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// TestAWorkerIsQuotedWithItsOwnWords starts one again where another has failed
// before it: both write to one log.
func TestAWorkerIsQuotedWithItsOwnWords(t *testing.T) {
	folder, err := share.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	r := &run{folder: folder}
	for _, said := range []string{"the first", "the second"} {
		c := plan.Command{Argv: []string{"/bin/sh", "-c", "echo scanmaster: " + said + "; exit 3"}}
		p, err := startLocal(t.Context(), brief{command: c}, nil, folder, "log.xaa")
		if err != nil {
			t.Fatal(err)
		}
		<-p.ended
		if got, want := p.fate(r), "it ended with status 3: "+said; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAnEndIsNotCutInTheMiddle(t *testing.T) {
	long := strings.Repeat("/a/path", 100)
	for text, want := range map[string]string{
		"short":                     "short",
		"open " + long + "\nlast":   "last",
		"open " + long + " is no":   "is no",
		long:                        long[len(long)-50:],
		"first\n" + long[:45] + ".": long[:45] + ".",
	} {
		if got := ending(text, 50); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
