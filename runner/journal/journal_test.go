package journal_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/journal"
	"scanmaster/runner/share"
)

func folder(t *testing.T) (*share.Dir, string) {
	t.Helper()
	path := t.TempDir()
	dir, err := share.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dir.Close() })
	return dir, filepath.Join(path, journal.Name)
}

func clock() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }

func mine() error { return nil }

// happened is a run in which a worker was lost, and a chunk shrunk.
var happened = []journal.Entry{
	{Kind: journal.KindMaster, By: "process 1"},
	{Kind: journal.KindStep, Step: "stage"},
	{Kind: journal.KindChunk, Chunk: "xaa", Lines: 10, SHA256: "aa", Canary: true},
	{Kind: journal.KindChunk, Chunk: "xab", Lines: 9, SHA256: "ab"},
	{Kind: journal.KindDealt, Targets: 19, Excluded: 2},
	{Kind: journal.KindStarted, Chunk: "xaa", Worker: "scan1", Apart: "/home/run.xaa.1"},
	{Kind: journal.KindStarted, Chunk: "xab", Worker: "local", Place: "here"},
	{Kind: journal.KindLost, Chunk: "xaa", Worker: "scan1", Reason: "killed"},
	{Kind: journal.KindStarted, Chunk: "xaa", Worker: "local", Place: "here"},
	{Kind: journal.KindDone, Chunk: "xab", Worker: "local", Folder: "202611251200.xab"},
	{Kind: journal.KindShrunk, Chunk: "xaa", Lines: 7, SHA256: "a7", Into: []journal.Piece{{"xac", 2, "ac"}, {"xad", 1, "ad"}}, Job: 2},
	{Kind: journal.KindGuarded, Reason: "it failed everywhere"},
	{Kind: journal.KindMaster, By: "process 2"},
	{Kind: journal.KindShared, Job: 3},
	{Kind: journal.KindStep, Step: "wait", Summary: []byte(`{"targets":19}`)},
	{Kind: journal.KindFinished, Verdict: "complete"},
}

var amounts = journal.State{
	Masters: 2, Began: clock(), Ended: clock(), Dealt: true, Targets: 19, Excluded: 2,
	Chunks: []journal.Chunk{
		{Name: "xaa", Lines: 10, First: 1, End: 7, SHA256: "a7", Worker: "local", Place: "here", Starts: 2, Losses: 1, Canary: true},
		{Name: "xab", Lines: 9, First: 11, End: 9, SHA256: "ab", Worker: "local", Place: "here", Starts: 1, Done: true, Folder: "202611251200.xab"},
		{Name: "xac", Lines: 2, First: 8, End: 2, SHA256: "ac", Canary: true}, {Name: "xad", Lines: 1, First: 10, End: 1, SHA256: "ad", Canary: true},
	},
	Job:   3,
	Steps: map[string]bool{"stage": true, "wait": true}, Summary: []byte(`{"targets":19}`),
	Finished: true, Verdict: "complete",
}

func write(t *testing.T, dir *share.Dir, entries ...journal.Entry) {
	t.Helper()
	j, _, err := journal.Open(dir, clock, mine)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := j.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsWrittenIsWhatIsReadByTheNext(t *testing.T) {
	dir, _ := folder(t)
	if _, err := journal.Read(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v: want that there is none", err)
	}
	write(t, dir, happened[:9]...)
	write(t, dir, happened[9:]...) // another master
	state, err := journal.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(amounts, state); diff != "" {
		t.Error(diff)
	}
}

// TestWhatIsReopenedHasAllItsTries has a run that is over, and goes on.
func TestWhatIsReopenedHasAllItsTries(t *testing.T) {
	dir, _ := folder(t)
	write(t, dir, happened...)
	write(t, dir, journal.Entry{Kind: journal.KindReopened},
		journal.Entry{Kind: journal.KindStarted, Chunk: "xaa", Worker: "old", Classic: true})
	state, err := journal.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c := state.Chunks[0]; state.Finished || state.Summary != nil || c.Losses != 0 || c.Starts != 3 || !c.Classic {
		t.Errorf("%+v", state)
	}
}

// TestWhereverItIsTornAllBeforeIsThere cuts the journal at every byte: what is
// whole is read, and the next entry stands behind it.
func TestWhereverItIsTornAllBeforeIsThere(t *testing.T) {
	dir, path := folder(t)
	write(t, dir, happened...)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := range whole {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		left := strings.Count(string(whole[:size]), "\n")
		write(t, dir, journal.Entry{Kind: journal.KindMaster, By: "next"})
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) != left+1 || !strings.Contains(lines[left], `"by":"next"`) || !strings.HasPrefix(string(whole), strings.Join(lines[:left], "")) {
			t.Fatalf("cut at %d: %q", size, text)
		}
	}
}

func TestAJournalThatCannotBeIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"{}\n":                                 `there is no chunk ""`,
		"nonsense\n":                           "line 1",
		`{"kind":"done","chunk":"xaa"}` + "\n": `there is no chunk "xaa"`,
		`{"kind":"master"}` + "\n" + "{}\n":    "line 2",
		`{"kind":"chunk","chunk":"x"}` + "\n" + `{"kind":"later","chunk":"x"}` + "\n": "another version",
	} {
		dir, path := folder(t)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := journal.Open(dir, clock, mine); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q was changed to %q (%v)", text, got, err)
		}
	}
}

func TestAfterAFailureNothingIsWritten(t *testing.T) {
	dir, _ := folder(t)
	j, _, err := journal.Open(dir, clock, mine)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	first := j.Add(happened[0])
	if second := j.Add(happened[1]); first == nil || fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("%v, then %v: want the first failure twice", first, second)
	}
}

func TestWhatIsNotedStandsBetweenWhatIsAdded(t *testing.T) {
	dir, _ := folder(t)
	j, _, err := journal.Open(dir, clock, mine)
	if err != nil {
		t.Fatal(err)
	}
	err = j.Add(happened[:3]...)
	for _, e := range happened[3:10] {
		err = errors.Join(err, j.Note(e))
	}
	if err = errors.Join(err, j.Add(happened[10:]...), j.Close()); err != nil {
		t.Fatal(err)
	}
	if got, err := journal.Read(dir); err != nil || !cmp.Equal(got, amounts) {
		t.Errorf("%v, and it amounts to (-want +got):\n%s", err, cmp.Diff(amounts, got))
	}
	if err := j.Note(happened[0]); err == nil {
		t.Error("no error of a note in a closed journal")
	}
}

// TestAChunkThatIsSplitKeepsAllItsLines refuses entries that would lose or double
// a line.
func TestAChunkThatIsSplitKeepsAllItsLines(t *testing.T) {
	for name, entry := range map[string]journal.Entry{
		"lost":     {Lines: 7, Into: []journal.Piece{{Chunk: "xab", Lines: 2}}},
		"doubled":  {Lines: 7, Into: []journal.Piece{{Chunk: "xab", Lines: 4}}},
		"nobody's": {Lines: 7},
		"none":     {Lines: 0, Into: []journal.Piece{{Chunk: "xab", Lines: 10}}},
	} {
		dir, _ := folder(t)
		entry.Kind, entry.Chunk = journal.KindShrunk, "xaa"
		write(t, dir, journal.Entry{Kind: journal.KindChunk, Chunk: "xaa", Lines: 10}, entry)
		if _, err := journal.Read(dir); err == nil {
			t.Errorf("lines that are %s were not noticed", name)
		}
	}
}

func TestWhoIsSupersededWritesNothingMore(t *testing.T) {
	dir, path := folder(t)
	taken := error(nil)
	old, _, err := journal.Open(dir, clock, func() error { return taken })
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if err := old.Add(happened[0]); err != nil {
		t.Fatal(err)
	}
	taken = errors.New("taken over")
	write(t, dir, happened[1])
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Add(happened[2]); !errors.Is(err, taken) {
		t.Errorf("%v, want that it was taken over", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("%q became %q (%v)", before, after, err)
	}
}

func TestAGuardHasStoppedARunUntilTheNextMasterIsAtIt(t *testing.T) {
	dir, _ := folder(t)
	write(t, dir, journal.Entry{Kind: journal.KindMaster}, journal.Entry{Kind: journal.KindGuarded, Reason: "it failed everywhere"})
	if s, err := journal.Read(dir); err != nil || s.Guarded != "it failed everywhere" || s.Finished {
		t.Errorf("%+v, %v", s, err)
	}
	write(t, dir, journal.Entry{Kind: journal.KindMaster})
	if s, err := journal.Read(dir); err != nil || s.Guarded != "" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestWhatIsFetchedIsNotElsewhereAnyMore(t *testing.T) {
	dir, _ := folder(t)
	begun := []journal.Entry{
		{Kind: journal.KindChunk, Chunk: "xaa", Lines: 10},
		{Kind: journal.KindStarted, Chunk: "xaa", Worker: "scan1", Apart: "/home/run.xaa.1"},
	}
	write(t, dir, begun...)
	write(t, dir, journal.Entry{Kind: journal.KindFetched, Chunk: "xaa", Worker: "scan0", Apart: "/home/run.xaa.0"})
	if s, err := journal.Read(dir); err != nil || s.Chunks[0].Apart != "/home/run.xaa.1" {
		t.Errorf("%+v, %v: want what the last one has", s, err)
	}
	write(t, dir, journal.Entry{Kind: journal.KindFetched, Chunk: "xaa", Worker: "scan1", Apart: "/home/run.xaa.1"})
	if s, err := journal.Read(dir); err != nil || s.Chunks[0].Apart != "" || s.Chunks[0].Worker != "scan1" {
		t.Errorf("%+v, %v: want that nothing is elsewhere", s, err)
	}
}
