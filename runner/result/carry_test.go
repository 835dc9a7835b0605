package result

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var taker = Resumed{Host: "master", At: time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)}

// carry carries what is in a folder over into another.
func carry(t *testing.T, from, to string, lines int, report bool) (Recovered, error) {
	t.Helper()
	fromWork, fromOut := folders(t, from)
	toWork, toOut := folders(t, to)
	return CarryOver(Folders{fromWork, fromOut}, Folders{toWork, toOut}, taker, targets(lines), report)
}

func TestWhatWasDoneOfATakenChunkIsCarriedOver(t *testing.T) {
	for _, report := range []bool{false, true} {
		from, to := t.TempDir(), t.TempDir()
		filled(t, from)
		change(t, from, ".record", adding(`{"len":"0000200","k":"o","line":`))
		change(t, from, out0+"hosts_ok", adding("web9,10.0.0.1,to"))
		change(t, from, out0+"hosts_checked", adding("rubbish"))
		before := tree(t, from)
		rec, err := carry(t, from, to, 10, report)
		if err != nil {
			t.Fatal(err)
		}
		done := int64(8)
		if report {
			done++
		}
		if rec.Done.Count() != done || rec.Tally.Total() != done || rec.Torn == nil || rec.Header != header || len(rec.InFlight) != 1 {
			t.Errorf("%+v", rec)
		}
		if got := slices.Collect(rec.Done.Missing(10)); int64(len(got)) != 10-done || got[len(got)-1] != 10 {
			t.Errorf("left are %v", got)
		}
		wantSame(t, before, tree(t, from))
		for _, name := range []string{"hosts_ok", "hosts_exit_3"} {
			if got, want := resultFile(t, to, name), resultFile(t, from, name); !strings.HasPrefix(want, got) || strings.Count(got, "fine") < 2 {
				t.Errorf("%s: %q of %q", name, got, want)
			}
		}
		if got := strings.Count(resultFile(t, to, "hosts_checked"), "\n"); int64(got) != done {
			t.Errorf("hosts_checked has %d lines", got)
		}
		work, out := folders(t, to)
		again, err := Recover(work, out)
		if err != nil || again.Cut != 0 || again.Torn != nil || again.Done.Count() != done || again.Header != header {
			t.Errorf("the copy: %+v, %v", again, err)
		}
	}
}

// tree reads all files below a folder.
func tree(t *testing.T, path string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[name], err = os.ReadFile(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func wantSame(t *testing.T, before, after map[string][]byte) {
	t.Helper()
	if len(before) != len(after) {
		t.Errorf("%d files, and now %d", len(before), len(after))
	}
	for name, data := range before {
		if !bytes.Equal(data, after[name]) {
			t.Errorf("%s was changed", name)
		}
	}
}

// TestOnlyWhatIsTrulyThereIsCarriedOver also has classic files that the record
// calls safe, and that are not: whose copy would lack them.
func TestOnlyWhatIsTrulyThereIsCarriedOver(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		f    func([]byte) []byte
		done int64
	}{
		"shorter": {out0 + "hosts_ok", func(b []byte) []byte { return b[:len(b)-1] }, 6},
		"changed": {out0 + "hosts_exit_3", func(b []byte) []byte { b[0] ^= 1; return b }, 3},
		"gone":    {out0 + "hosts_ok", func([]byte) []byte { return nil }, 0},
	} {
		from, to := t.TempDir(), t.TempDir()
		filled(t, from)
		change(t, from, c.file, c.f)
		rec, err := carry(t, from, to, 9, false)
		if err != nil || rec.Done.Count() != c.done || rec.Torn == nil {
			t.Errorf("%s: %d done, torn %v: %v", name, rec.Done.Count(), rec.Torn, err)
		}
		work, out := folders(t, to)
		if again, err := Recover(work, out); err != nil || again.Cut != 0 || again.Done.Count() != c.done {
			t.Errorf("%s: the copy: %+v, %v", name, again, err)
		}
	}
}

func TestWithoutARecordNothingIsCarriedOver(t *testing.T) {
	for _, first := range []string{"none", "", `{"len":"00`} {
		from, to := t.TempDir(), t.TempDir()
		if first != "none" {
			change(t, from, recordName, func([]byte) []byte { return []byte(first) })
		}
		rec, err := carry(t, from, to, 9, true)
		if err != nil || rec.Header != (Header{}) || rec.Done.Count() != 0 {
			t.Errorf("%q: %+v, %v", first, rec, err)
		}
		if files := tree(t, to); len(files) > 0 {
			t.Errorf("%q: there are %v", first, files)
		}
	}
}

func TestOverAnotherRecordNothingIsCarried(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	filled(t, from)
	filled(t, to)
	before := tree(t, to)
	if _, err := carry(t, from, to, 9, false); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	wantSame(t, before, tree(t, to))
}

// late is how many lines the late writer writes, while they are carried over
// again and again.
const late = 3000

func TestALateWriterDoesNotDisturb(t *testing.T) {
	from := t.TempDir()
	l := create(t, from)
	ended := make(chan error, 1)
	go func() { ended <- l.writeLate() }()
	var last int64
	for last < late {
		to := t.TempDir()
		work, _ := folders(t, from)
		now, err := AuditFolder(work, late)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := carry(t, from, to, late, false)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Done.Count() < last || rec.Done.Count() < now.Seen.Count() {
			t.Errorf("%d done, and before %d and %d", rec.Done.Count(), last, now.Seen.Count())
		}
		last = rec.Done.Count()
		toWork, out := folders(t, to)
		if again, err := Recover(toWork, out); err != nil || again.Cut != 0 || again.Done.Count() != last {
			t.Errorf("the copy: %+v, %v", again, err)
		}
	}
	if err := errors.Join(<-ended, l.Close()); err != nil {
		t.Error(err)
	}
}

func (l *Ledger) writeLate() error {
	for line := int64(1); line <= late; line++ {
		tg := target(line, fmt.Sprintf("web%d", line))
		err := l.Attempt(tg)
		if err == nil {
			_, err = l.Outcome(fine(line, tg.Host), tg, strings.NewReader("fine"))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func TestAFolderWithoutARecordHasDoneNothing(t *testing.T) {
	path := t.TempDir()
	work, _ := folders(t, path)
	for range 2 {
		if a, err := AuditFolder(work, 5); err != nil || a.Missing != 5 || a.Seen.Count() != 0 {
			t.Errorf("%+v, %v", a, err)
		}
		change(t, path, recordName, adding(`{"len":`))
	}
}
