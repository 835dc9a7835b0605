package result

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// filled makes a ledger of 9 targets, the last still in flight, and closes it.
func filled(t testing.TB, path string) {
	t.Helper()
	l := create(t, path)
	for line := int64(1); line <= 9; line++ {
		tg := target(line, "web"+string(rune('0'+line)))
		if err := l.Attempt(tg); err != nil {
			t.Fatal(err)
		}
		if line == 9 {
			break
		}
		o := fine(line, tg.Host)
		if line%4 == 0 {
			o.Class, o.Status = Exit, 3
		}
		if _, err := l.Outcome(o, tg, strings.NewReader("fine\nindeed\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

const out0 = "output/202601021504/xaa/"

func change(t testing.TB, path, name string, f func([]byte) []byte) {
	t.Helper()
	path = filepath.Join(path, name)
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func adding(text string) func([]byte) []byte {
	return func(b []byte) []byte { return append(b, text...) }
}

// unsynced takes the marks out of a record, as if there had been no time for one.
func unsynced(b []byte) []byte {
	var out []byte
	for _, line := range strings.SplitAfter(string(b), "\n") {
		if !strings.Contains(line, `"k":"s"`) {
			out = append(out, line...)
		}
	}
	return out
}

func TestRecoveringWhatIsWholeChangesNothing(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	work, out := folders(t, path)
	for range 2 {
		rec, err := Recover(work, out)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Cut != 0 || rec.Torn != nil || rec.Header != header {
			t.Errorf("cut %d bytes, torn %v, header %+v", rec.Cut, rec.Torn, rec.Header)
		}
		if rec.Done.Count() != 8 || rec.Tally.Counts["ok"] != 6 || rec.Tally.Counts["exit_3"] != 2 {
			t.Errorf("%d done: %v", rec.Done.Count(), rec.Tally.Counts)
		}
		if len(rec.InFlight) != 1 || rec.InFlight[0] != (Attempt{9, "web9"}) {
			t.Errorf("in flight: %v", rec.InFlight)
		}
	}
}

func TestWhatNoOutcomeClaimsIsCut(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	change(t, path, ".record", adding(`{"len":"0000200","k":"o","line":`))
	change(t, path, out0+"hosts_ok", adding("web9,10.0.0.1,to"))
	change(t, path, out0+"hosts_exit_7", adding("web9,10.0.0.1,torn"))
	change(t, path, out0+"hosts_checked", adding("web9 10.0.0.1\n"))
	change(t, path, out0+"hosts_exit_x", adding("not ours\n"))
	work, out := folders(t, path)
	rec, err := Recover(work, out)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Torn == nil || rec.Cut != 32+16+18 || rec.Done.Count() != 8 {
		t.Errorf("torn %v, cut %d bytes, %d done", rec.Torn, rec.Cut, rec.Done.Count())
	}
	if got := resultFile(t, path, "hosts_ok"); !strings.HasSuffix(got, "web7,10.0.0.1,fine\nindeed\n") {
		t.Errorf("hosts_ok: %q", got)
	}
	if _, err := out.Lstat("hosts_exit_7"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("hosts_exit_7 without an outcome: %v", err)
	}
	if resultFile(t, path, "hosts_checked")+resultFile(t, path, "hosts_exit_x") != "web9 10.0.0.1\nnot ours\n" {
		t.Error("files that no outcome can name were touched")
	}
	if again, err := Recover(work, out); err != nil || again.Cut != 0 || again.Torn != nil {
		t.Errorf("a second time: cut %d bytes, torn %v: %v", again.Cut, again.Torn, err)
	}
}

func TestAPowerLossCostsOnlyWhatWasNotSynced(t *testing.T) {
	for name, f := range map[string]func([]byte) []byte{
		"shorter": func(b []byte) []byte { return b[:len(b)-1] },
		"NULs":    func(b []byte) []byte { return append(b[:len(b)-10], make([]byte, 10)...) },
	} {
		path := t.TempDir()
		filled(t, path)
		change(t, path, ".record", unsynced)
		change(t, path, out0+"hosts_ok", f)
		work, out := folders(t, path)
		rec, err := Recover(work, out)
		if err != nil {
			t.Fatal(name, err)
		}
		if rec.Torn == nil || rec.Done.Count() != 6 || rec.Done.Has(7) || len(rec.InFlight) != 1 {
			t.Errorf("%s: %d done, in flight %v, torn %v", name, rec.Done.Count(), rec.InFlight, rec.Torn)
		}
		if got := resultFile(t, path, "hosts_ok"); !strings.HasSuffix(got, "web6,10.0.0.1,fine\nindeed\n") {
			t.Errorf("%s: hosts_ok %q", name, got)
		}
	}
}

func TestAPowerLossMayTakeAWholeFile(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	change(t, path, ".record", unsynced)
	if err := os.Remove(filepath.Join(path, out0, "hosts_exit_3")); err != nil {
		t.Fatal(err)
	}
	work, out := folders(t, path)
	rec, err := Recover(work, out)
	if err != nil || rec.Done.Count() != 3 {
		t.Errorf("%d done: %v", rec.Done.Count(), err)
	}
}

func TestWhatCantBeMadeWholeIsNotTouched(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		f    func([]byte) []byte
		say  string
	}{
		"synced results shorter": {out0 + "hosts_ok", func(b []byte) []byte { return b[:20] }, "hosts_ok: 20 bytes, of which the record claims 156"},
		"no header":              {".record", func([]byte) []byte { return nil }, "the record has no header"},
		"torn header":            {".record", func(b []byte) []byte { return b[:50] }, "the record has no header"},
		"another version":        {".record", func([]byte) []byte { return []byte(reframed(t, KindHeader, map[string]any{"format": 9})) }, "format 9, not 1"},
	} {
		path := t.TempDir()
		filled(t, path)
		change(t, path, c.file, c.f)
		change(t, path, out0+"hosts_exit_3", adding("torn"))
		work, out := folders(t, path)
		_, err := Recover(work, out)
		if err == nil || !strings.Contains(err.Error(), c.say) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if got := resultFile(t, path, "hosts_exit_3"); !strings.HasSuffix(got, "torn") {
			t.Errorf("%s: hosts_exit_3 was cut", name)
		}
	}
}

func TestRecoverNamesWhatIsNotThere(t *testing.T) {
	path := t.TempDir()
	work, out := folders(t, path)
	if _, err := Recover(work, out); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a record: %v", err)
	}
	path = t.TempDir()
	filled(t, path)
	if err := os.Remove(filepath.Join(path, out0, "hosts_ok")); err != nil {
		t.Fatal(err)
	}
	work, out = folders(t, path)
	if _, err := Recover(work, out); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "hosts_ok") {
		t.Errorf("without synced results: %v", err)
	}
}

func TestALinkInPlaceOfResultsIsRefused(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	change(t, path, ".record", unsynced)
	file := filepath.Join(path, out0, "hosts_ok")
	if err := errors.Join(os.Rename(file, filepath.Join(path, "x")), os.Symlink(filepath.Join(path, "x"), file)); err != nil {
		t.Fatal(err)
	}
	work, out := folders(t, path)
	if _, err := Recover(work, out); err == nil {
		t.Error("a link was followed")
	}
}
