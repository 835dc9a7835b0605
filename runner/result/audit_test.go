package result

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestTheAuditNamesWhatIsMissing(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	record, err := os.ReadFile(filepath.Join(path, recordName))
	if err != nil {
		t.Fatal(err)
	}
	a, err := Audit(bytes.NewReader(record), 11)
	if err != nil {
		t.Fatal(err)
	}
	if a.Header != header || a.Tally.Total() != 8 || a.Missing != 3 || a.Torn != nil {
		t.Errorf("%+v", a)
	}
	if got := slices.Collect(a.MissingLines()); !slices.Equal(got, []int64{9, 10, 11}) {
		t.Errorf("missing lines %v", got)
	}
	if len(a.InFlight) != 1 || a.InFlight[0].Line != 9 {
		t.Errorf("in flight %v", a.InFlight)
	}
}

func TestTheAuditBearsATornTail(t *testing.T) {
	for _, c := range []struct {
		record  string
		missing int64
	}{
		{"", 2},
		{"{", 2},
		{record(t, header, Attempt{1, "web1"}) + "{", 2},
		{record(t, header, outcomeAt(1, 0)) + "\x00", 1},
	} {
		a, err := Audit(strings.NewReader(c.record), 2)
		if err != nil || a.Missing != c.missing {
			t.Errorf("%q: %d missing, %v", c.record, a.Missing, err)
		}
		if (a.Torn == nil) != (c.record == "") {
			t.Errorf("%q: torn %v", c.record, a.Torn)
		}
	}
}

// record gives a record of these entries.
func record(t testing.TB, entries ...any) string {
	t.Helper()
	return string(bytes.Join(encoded(t, entries...), nil))
}

// outcomeAt is a whole outcome of a line, 10 bytes long in hosts_ok.
func outcomeAt(line, offset int64) Outcome {
	o := fine(line, "web")
	o.File, o.Offset, o.Length = "hosts_ok", offset, 10
	return o
}

func TestARecordThatContradictsItselfIsRefused(t *testing.T) {
	other := outcomeAt(1, 0)
	other.File = "hosts_nossh"
	noClass := outcomeAt(1, 0)
	noClass.Class, noClass.File = "checked", "hosts_checked"
	empty := outcomeAt(1, 0)
	empty.Length = 0
	for name, text := range map[string]string{
		"no header":                record(t, Attempt{1, "web"}),
		"two headers":              record(t, header, header),
		"two outcomes of a line":   record(t, header, outcomeAt(1, 0), outcomeAt(1, 10)),
		"tried after its outcome":  record(t, header, outcomeAt(1, 0), Attempt{1, "web"}),
		"a gap in the results":     record(t, header, outcomeAt(1, 5)),
		"results twice":            record(t, header, outcomeAt(1, 0), outcomeAt(2, 0)),
		"another class's file":     record(t, header, other),
		"a file of no class":       record(t, header, noClass),
		"an outcome without bytes": record(t, header, empty),
		"outcome beyond the chunk": record(t, header, outcomeAt(3, 0)),
		"attempt beyond the chunk": record(t, header, Attempt{3, "web"}),
	} {
		if _, err := Audit(strings.NewReader(text), 2); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestTheAuditTellsAReaderThatFails(t *testing.T) {
	fault := errors.New("stale file handle")
	if _, err := Audit(iotest.ErrReader(fault), 2); !errors.Is(err, fault) {
		t.Error(err)
	}
}
