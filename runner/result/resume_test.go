package result

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/chunk"
)

// targets is the chunk of the filled ledger, and of others: web1, web2, …
func targets(lines int) *chunk.Reader {
	var b strings.Builder
	for line := range lines {
		fmt.Fprintf(&b, "web%d 10.0.0.1\n", line+1)
	}
	return chunk.NewReader(strings.NewReader(b.String()))
}

func resume(t testing.TB, path string, lines int) (*Ledger, Recovered) {
	t.Helper()
	work, out := folders(t, path)
	l, rec, err := Resume(work, out, header, targets(lines))
	if err != nil {
		t.Fatal(err)
	}
	return l, rec
}

func TestALedgerGoesOnWhereItWasLeft(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	change(t, path, ".record", adding(`{"len":"0000200","k":"o","line":`))
	change(t, path, out0+"hosts_ok", adding("web9,10.0.0.1,to"))
	change(t, path, out0+"hosts_checked", adding("web1 10.0.0.1\nweb9 10.0.0.1\nweb1"))
	l, rec := resume(t, path, 10)
	if rec.Done.Count() != 8 || l.Lines() != 8 || l.Tally().Counts["ok"] != 6 || !l.Has(8) || l.Has(9) {
		t.Errorf("%d done, %d lines, tally %v", rec.Done.Count(), l.Lines(), l.Tally())
	}
	if len(rec.Lost) != 1 || rec.Lost[0].Text != "web9 10.0.0.1" || rec.Torn == nil {
		t.Errorf("lost %v, torn %v", rec.Lost, rec.Torn)
	}
	if _, err := l.Outcome(fine(3, "web3"), target(3, "web3"), nil); err == nil {
		t.Error("a line that is done was given a second outcome")
	}
	for line := int64(9); line <= 10; line++ {
		tg := target(line, fmt.Sprintf("web%d", line))
		if err := errors.Join(l.Checked(tg), l.Attempt(tg)); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Outcome(fine(line, tg.Host), tg, strings.NewReader("late")); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := resultFile(t, path, "hosts_ok"); strings.Count(got, "\n") != 6*2+2 || !strings.HasSuffix(got, "web9,10.0.0.1,late\nweb10,10.0.0.1,late\n") {
		t.Errorf("hosts_ok: %q", got)
	}
	checked := slices.Sorted(strings.Lines(resultFile(t, path, "hosts_checked")))
	if len(checked) != 10 || len(slices.Compact(checked)) != 10 {
		t.Errorf("hosts_checked: %q", checked)
	}
	wantResumed(t, path, 1)
}

// wantResumed looks for the notes of who went on, in a record that is whole.
func wantResumed(t *testing.T, path string, want int) {
	t.Helper()
	record, err := os.Open(filepath.Join(path, recordName))
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	entries, err := readAll(record)
	if err != nil {
		t.Fatal(err)
	}
	notes := 0
	for _, e := range entries {
		if e.Kind == KindResumed {
			notes++
			if e.Resumed != (Resumed{Host: header.Host, At: header.Started}) {
				t.Errorf("it says %+v", e.Resumed)
			}
		}
	}
	if notes != want {
		t.Errorf("resumed %d times, want %d", notes, want)
	}
}

func TestWhatWasNeverBegunIsBegun(t *testing.T) {
	whole := record(t, header)
	for _, first := range []string{"none", "", whole[:1], whole[:len(whole)-1], "\x00\x00\x00"} {
		path := t.TempDir()
		if first != "none" {
			change(t, path, recordName, func([]byte) []byte { return []byte(first) })
		}
		l, rec := resume(t, path, 1)
		if rec.Done.Count() != 0 || l.Lines() != 0 || len(rec.Lost) != 0 {
			t.Errorf("%q: %+v", first, rec)
		}
		if _, err := l.Outcome(fine(1, "web1"), target(1, "web1"), nil); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		wantResumed(t, path, 0)
	}
}

func TestTheHeaderIsOnTheDiskBeforeAnythingIsTried(t *testing.T) {
	path := t.TempDir()
	l := create(t, path)
	if got := l.record.dirty.Load(); got {
		t.Error("it is yet to be synced")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnothersLedgerIsNotGoneOnWith(t *testing.T) {
	lost := func([]byte) []byte { return nil }
	for name, c := range map[string]struct {
		header Header
		lines  int
		file   string
		f      func([]byte) []byte
		say    string
	}{
		"another run":   {Header{Run: "r2", Chunk: "xaa", Name: "info1"}, 9, "", nil, "run r1"},
		"another chunk": {Header{Run: "r1", Chunk: "xab", Name: "info1"}, 9, "", nil, "chunk xaa"},
		"another scan":  {Header{Run: "r1", Chunk: "xaa", Name: "info2"}, 9, "", nil, "scan info1"},
		"too short":     {header, 8, "", nil, "target 9 of 8"},
		"lost record":   {header, 9, recordName, lost, "the record of them is lost"},
		"damaged":       {header, 9, recordName, func(b []byte) []byte { b[30] ^= 1; return b }, "no header"},
		"no header":     {header, 9, recordName, func(b []byte) []byte { return b[strings.Index(string(b), "\n")+1:] }, "no header"},
		"lost results":  {header, 9, out0 + "hosts_ok", lost, "of which the record claims"},
	} {
		path := t.TempDir()
		filled(t, path)
		if c.f != nil {
			change(t, path, c.file, c.f)
		}
		work, out := folders(t, path)
		_, _, err := Resume(work, out, c.header, targets(c.lines))
		if err == nil || !strings.Contains(err.Error(), c.say) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", name, err, c.say)
		}
		// Nobody has it now.
		held, err := Hold(work)
		if err == nil {
			err = held.Close()
		}
		if errors.Is(err, ErrHeld) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneAtATimeHasARecord(t *testing.T) {
	path := t.TempDir()
	l := create(t, path)
	work, out := folders(t, path)
	if _, _, err := Resume(work, out, header, targets(1)); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), path) {
		t.Errorf("a second ledger: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, _, err := Resume(work, out, header, targets(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestABrokenLedgerTakesNothing(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	l, _ := resume(t, path, 10)
	before := resultFile(t, path, "hosts_ok")
	taken := errors.New("taken")
	l.Break(taken)
	if _, err := l.Outcome(fine(9, "web9"), target(9, "web9"), nil); !errors.Is(err, taken) {
		t.Error(err)
	}
	if err := l.Close(); !errors.Is(err, taken) {
		t.Error(err)
	}
	if resultFile(t, path, "hosts_ok") != before {
		t.Error("something was written")
	}
}

func TestWhatWasLostIsReportedOnce(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	l, rec := resume(t, path, 10)
	if err := errors.Join(l.ReportLost(rec.Lost, header.Started), l.Close()); err != nil {
		t.Fatal(err)
	}
	if got := resultFile(t, path, "hosts_unknown"); got != "web9 10.0.0.1\n" {
		t.Errorf("hosts_unknown: %q", got)
	}
	if got := resultFile(t, path, "hosts_checked"); strings.Count(got, "web9 ") != 1 {
		t.Errorf("hosts_checked: %q", got)
	}
	l, rec = resume(t, path, 10)
	defer l.Close()
	if len(rec.Lost) != 0 || rec.Tally.Unknown() != 1 || rec.Tally.Failed() != 2 || rec.Tally.Unreachable() != 0 {
		t.Errorf("lost %v, tally %v", rec.Lost, rec.Tally)
	}
}

func TestASyncedAttemptIsOnTheDiskWithAllBeforeIt(t *testing.T) {
	path := t.TempDir()
	l := create(t, path)
	defer l.Close()
	if _, err := l.Outcome(fine(1, "web1"), target(1, "web1"), nil); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for line := int64(2); line < 50; line++ {
		go func() {
			err := l.AttemptSynced(target(line, "web"))
			l.syncing.Lock()
			defer l.syncing.Unlock()
			if end := attemptEnd(t, path, line); err == nil && l.safe < end {
				err = fmt.Errorf("line %d ends at %d, and %d bytes are safe", line, end, l.safe)
			}
			errs <- err
		}()
	}
	for line := 2; line < 50; line++ {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	l.Break(fs.ErrClosed)
	if err := l.AttemptSynced(target(60, "web")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a broken ledger: %v", err)
	}
}

// attemptEnd says where in the record a line's attempt ends.
func attemptEnd(t *testing.T, path string, line int64) int64 {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path, recordName))
	if err != nil {
		t.Error(err)
	}
	for e, err := range Read(strings.NewReader(string(data))) {
		if err != nil {
			t.Error(err)
		}
		if e.Kind == KindAttempt && e.Attempt.Line == line {
			return e.Offset + e.Length
		}
	}
	t.Errorf("no attempt at line %d", line)
	return 0
}
