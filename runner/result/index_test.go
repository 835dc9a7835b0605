package result

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// indexed gives the index of a record, whose chunk has so many lines.
func indexed(t testing.TB, record []byte, lines int64) *Index {
	t.Helper()
	x, err := NewIndex(bytes.NewReader(record), int64(len(record)), lines)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func placed(line, offset int64, detail string) Outcome {
	o := fine(line, "web1")
	o.Detail, o.File, o.Offset, o.Length = detail, "hosts_ok", offset, 10
	return o
}

func TestAnIndexGivesOutcomesInAnyOrder(t *testing.T) {
	long := string(bytes.Repeat([]byte{0xff, '"'}, 8<<10))
	want := []Outcome{placed(3, 0, long), placed(1, 10, ""), placed(70, 20, hostile)}
	record := bytes.Join(encoded(t, header, Attempt{2, "web2"}, want[0], want[1], want[2]), nil)
	x := indexed(t, record, 70)
	for _, i := range []int{2, 0, 1, 0} {
		got, ok, err := x.Outcome(want[i].Line)
		if diff := cmp.Diff(want[i], got); err != nil || !ok || diff != "" {
			t.Errorf("%v, %v\n%.300s", ok, err, diff)
		}
	}
	for _, line := range []int64{-1, 0, 2, 69, 71, 1 << 40} {
		if _, ok, err := x.Outcome(line); ok || err != nil {
			t.Errorf("line %d: %v, %v", line, ok, err)
		}
	}
	if !x.InFlight(2) || x.InFlight(3) || x.Wrong != nil || x.Tally.Total() != 3 || x.Header.Run != header.Run {
		t.Errorf("%+v", x)
	}
}

func TestAnIndexStopsWhereTheRecordIsWrong(t *testing.T) {
	whole := bytes.Join(encoded(t, header, placed(1, 0, "")), nil)
	more := func(values ...any) []byte {
		return append(bytes.Clone(whole), bytes.Join(encoded(t, values...), nil)...)
	}
	for name, record := range map[string][]byte{
		"torn":      append(bytes.Clone(whole), "x"...),
		"twice":     more(placed(1, 10, "")),
		"too far":   more(placed(3, 10, "")),
		"tried":     more(Attempt{3, "web3"}),
		"a gap":     more(placed(2, 11, "")),
		"a header":  more(header),
		"tried not": more(Attempt{1, "web1"}),
	} {
		x := indexed(t, append(record, bytes.Join(encoded(t, placed(2, 10, "")), nil)...), 2)
		if _, ok, err := x.Outcome(1); !ok || err != nil || x.Wrong == nil {
			t.Errorf("%s: %v, %v, %v", name, ok, err, x.Wrong)
		}
		if _, ok, _ := x.Outcome(2); ok {
			t.Errorf("%s: what follows was taken", name)
		}
	}
}

func TestARecordThatChangesWhileItIsReadIsNoticed(t *testing.T) {
	record := bytes.Join(encoded(t, header, placed(1, 0, "one"), placed(2, 10, "two")), nil)
	x := indexed(t, record, 2)
	copy(record, bytes.Replace(record, []byte(`"two"`), []byte(`"oww"`), 1))
	if _, ok, err := x.Outcome(2); ok || !errors.Is(err, errRewritten) {
		t.Errorf("%v, %v", ok, err)
	}
}

// FuzzIndex reads whatever is there: what it gives, Outcomes gives, too.
func FuzzIndex(f *testing.F) {
	f.Add(bytes.Join(encoded(f, header, Attempt{1, "web1"}, placed(1, 0, hostile), placed(2, 10, "")), nil), int64(2))
	f.Add([]byte("{}\n"), int64(1))
	f.Fuzz(func(t *testing.T, record []byte, lines int64) {
		x := indexed(t, record, lines)
		var n int64
		for o, err := range Outcomes(bytes.NewReader(record)) {
			if err != nil || o.Line > lines {
				break
			}
			n++
			got, ok, err := x.Outcome(o.Line)
			if !ok || err != nil || !cmp.Equal(o, got) {
				t.Fatalf("line %d: %v, %v", o.Line, ok, err)
			}
		}
		if x.Tally.Total() > n {
			t.Fatalf("%d outcomes, and the record has %d", x.Tally.Total(), n)
		}
	})
}
