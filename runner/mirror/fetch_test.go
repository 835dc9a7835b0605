package mirror

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"scanmaster/runner/job"
)

// TestAnotherMasterGoesOnWhereTheLastWasKilled in the middle of anything.
func TestAnotherMasterGoesOnWhereTheLastWasKilled(t *testing.T) {
	for name, left := range map[string]map[string]string{
		"before it had anything":     {},
		"in the middle of a piece":   {output + "hosts_ok": "fir"},
		"with what is not as there":  {output + "hosts_ok": "FIR", job.Record: "1 OK\n"},
		"with more than is there":    {output + "hosts_ok": "first\nfirst\n"},
		"in the middle of a file":    {fetched: "half", output + fetched: "half"},
		"with what is not there now": {"gone": "of before\n", output + "hosts_gone": "of before\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t)
			p.begins()
			p.works("file", "of the worker\n")
			for name, text := range left {
				write(t, p.here(name), text, 0)
			}
			over, err := p.Fetch(t.Context(), p.host)
			if over || err != nil {
				t.Errorf("%v, %v", over, err)
			}
			p.works(output+"hosts_ok", "second\n")
			f := p.again().follow()
			f.whole()
			f.finish()
		})
	}
}

func TestWhatIsGoneThereCannotBeFetched(t *testing.T) {
	p := newPair(t)
	if _, err := p.Fetch(t.Context(), p.host); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v: want that it isn't there", err)
	}
	p.begins()
	if over, err := p.Fetch(t.Context(), p.host); over || err != nil {
		t.Errorf("%v, %v: want what is there", over, err)
	}
	p.wantSame(job.Progress)
	if exists(filepath.Join(p.cfg.There.RunDir(), job.MasterBeat)) {
		t.Error("there is a sign of a master where nobody works")
	}
}

// TestAChunkThatWasFinishedUnseenIsFetchedWithItsEnd: the line was down.
func TestAChunkThatWasFinishedUnseenIsFetchedWithItsEnd(t *testing.T) {
	p := newPair(t)
	write(t, filepath.Join(p.cfg.There.RunDir(), "log.xaa"), "said\n", 0)
	p.begins()
	p.works(job.Done, "done\n")
	over, err := p.Fetch(t.Context(), p.host)
	if !over || err != nil {
		t.Fatalf("%v, %v: want that it is over", over, err)
	}
	p.wantSame()
	over, err = p.again().Fetch(t.Context(), p.host)
	if !over || err != nil {
		t.Fatalf("once more: %v, %v", over, err)
	}
	p.wantSame()
}

// TestAFaultHereLeavesNothingHalf and says which file it is.
func TestAFaultHereLeavesNothingHalf(t *testing.T) {
	p := newPair(t)
	p.begins()
	p.works("file", "of the worker\n")
	p.works(job.Done, "done\n")
	write(t, filepath.Join(p.here(fetched), "in the way"), "", 0)
	over, err := p.Fetch(t.Context(), p.host)
	if at := new(fs.PathError); over || !errors.As(err, &at) {
		t.Errorf("%v, %v: want a fault of a file", over, err)
	}
	if exists(p.here(job.Done)) || exists(p.here("file")) {
		t.Error("it is here all the same")
	}
}
