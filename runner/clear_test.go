package runner

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

var errKilled = errors.New("killed")

// earlier are the files of a run that came to its end.
var earlier = []string{
	"202601021504.xaa/.record", "202601021504.xaa/output/202601021504/xaa/hosts_ok", "202601021504.xaa/.done",
	"ended", "final/ok", "input/202601021503/xaa", "started", ".whosts",
}

// scanFolder is the folder of a scan.
type scanFolder struct {
	t   *testing.T
	dir string
}

func (p scanFolder) write(names ...string) {
	p.t.Helper()
	for _, name := range names {
		path := filepath.Join(p.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(name), 0o600)); err != nil {
			p.t.Fatal(err)
		}
	}
}

// clear clears for a run, and is killed before the change of that number; it
// tells whether it was.
func (p scanFolder) clear(run string, keep, kill int) (killed bool) {
	p.t.Helper()
	dir, err := share.Open(p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	defer dir.Close()
	c := &clearing{prefix: dir, run: run, before: func(string) error {
		if kill--; kill < 0 {
			return errKilled
		}
		return nil
	}}
	if _, err = c.makeWay(plan.Clear{Keep: keep}); err == nil {
		var folder *share.Dir
		if folder, err = c.begin(time.Now()); err == nil {
			err = folder.Close()
		}
	}
	if err != nil && !errors.Is(err, errKilled) {
		p.t.Fatal(err)
	}
	return err != nil
}

// olds gives the earlier runs that are kept, and the names of all their files.
func (p scanFolder) olds() map[string][]string {
	p.t.Helper()
	runs := make(map[string][]string)
	dirs, _ := filepath.Glob(filepath.Join(p.dir, ".old/run-*"))
	for _, dir := range dirs {
		var names []string
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				name, _ := filepath.Rel(dir, path)
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			p.t.Fatal(err)
		}
		runs[filepath.Base(dir)] = names
	}
	return runs
}

// TestNoKillLosesTheLastGoodRun has a master killed before each of the changes
// that it makes while it clears, the next one too, and a third come through.
func TestNoKillLosesTheLastGoodRun(t *testing.T) {
	for name, files := range map[string][]string{
		"a run of ours":      append([]string{".run-2026A/plan.json"}, earlier...),
		"one that was found": earlier,
	} {
		for first := 0; ; first++ {
			more := false
			for second := 0; ; second++ {
				p := scanFolder{t, t.TempDir()}
				p.write(files...)
				p.write(".old/run-2025Z/ended", ".old/run-2025Z/final/ok", ".old/2020/history", ".mine")
				where := fmt.Sprintf("%s, killed at %d and %d", name, first, second)
				more = p.clear("2026B", 1, first)
				again := p.clear("2026C", 1, second)
				p.clear("2026D", 1, 1000)
				p.clear("2026E", 1, 1000)
				p.wantKept(where, files)
				if !again {
					break
				}
			}
			if !more {
				break
			}
		}
	}
}

func (p scanFolder) wantKept(where string, files []string) {
	p.t.Helper()
	olds := p.olds()
	want := slices.Sorted(slices.Values(files))
	for _, names := range olds {
		slices.Sort(names)
		if len(olds) != 1 || !slices.Equal(names, want) {
			p.t.Errorf("%s: kept are %v, want %v alone", where, olds, want)
		}
	}
	if len(olds) == 0 {
		p.t.Errorf("%s: nothing is kept", where)
	}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{".mine", ".old", ".run-2026E", "started"}; !slices.Equal(names, want) {
		p.t.Errorf("%s: there are %v, want %v", where, names, want)
	}
	if data, err := os.ReadFile(filepath.Join(p.dir, ".old/2020/history")); err != nil || len(data) == 0 {
		p.t.Errorf("%s: history: %v", where, err)
	}
}

func TestARunThatWasCutShortTakesNoFinishedOnesPlace(t *testing.T) {
	p := scanFolder{t, t.TempDir()}
	p.write(append([]string{".run-2026A/journal"}, earlier...)...)
	for _, run := range []string{"2026B", "2026C", "2026D"} {
		p.clear(run, 1, 1000)
		p.write("202601021504.xaa/.record", "input/202601021503/xaa") // and then it is killed
	}
	p.clear("2026E", 1, 1000)
	if got, want := slices.Sorted(maps.Keys(p.olds())), []string{"run-2026A", "run-2026D"}; !slices.Equal(got, want) {
		t.Errorf("kept are %v, want %v", got, want)
	}
}

// TestAClockThatWasAheadCostsNoResults has an earlier run whose master's clock
// was ahead: its id is later than that of the one that came after it.
func TestAClockThatWasAheadCostsNoResults(t *testing.T) {
	p := scanFolder{t, t.TempDir()}
	p.write(".old/run-2026Z/ended", ".old/run-2026Z/final/ok")
	for _, runs := range [][2]string{{"2026A", "2026B"}, {"2026B", "2026C"}} {
		p.write(append([]string{".run-" + runs[0] + "/journal"}, earlier...)...)
		p.clear(runs[1], 1, 1000)
		if got, want := slices.Sorted(maps.Keys(p.olds())), []string{"run-" + runs[0]}; !slices.Equal(got, want) {
			t.Errorf("kept are %v, want %v", got, want)
		}
	}
}

// TestWhatComesBetweenIsNotMixedIn has another program leave results after a
// master was killed while it cleared.
func TestWhatComesBetweenIsNotMixedIn(t *testing.T) {
	p := scanFolder{t, t.TempDir()}
	p.write(append([]string{".run-2026A/journal"}, earlier...)...)
	p.clear("2026B", 2, 6)
	p.write(append([]string{".run-2026X/journal"}, earlier...)...)
	p.clear("2026C", 2, 1000)
	if got, want := slices.Sorted(maps.Keys(p.olds())), []string{"run-2026A", "run-2026X"}; !slices.Equal(got, want) {
		t.Errorf("kept are %v, want %v", got, want)
	}
}

// TestStartedIsOlderThanAllThatFollows has a master whose clock is ahead of the
// share's: by started, aggregators tell what is of this run.
func TestStartedIsOlderThanAllThatFollows(t *testing.T) {
	t.Parallel()
	p := scanFolder{t, t.TempDir()}
	dir, err := share.Open(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	folder, err := (&clearing{prefix: dir, run: "2026A"}).begin(time.Now().Add(2 * time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	p.write("follows")
	started, errStarted := dir.Lstat("started")
	follows, errFollows := dir.Lstat("follows")
	if err := errors.Join(errStarted, errFollows); err != nil {
		t.Fatal(err)
	}
	// In whole seconds, as some shares keep them.
	if s, f := started.ModTime().Unix(), follows.ModTime().Unix(); s >= f {
		t.Errorf("started is of %d, what follows of %d", s, f)
	}
}
