package result

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzRecord reads whatever is there, and then what was encoded from it.
func FuzzRecord(f *testing.F) {
	for _, line := range encoded(f, header, Attempt{1, "web1"}, hostileOutcome(1)) {
		f.Add(line, "web1", "detail", int64(1))
	}
	f.Add([]byte("{}\n"), hostile, hostile, int64(-1))
	f.Fuzz(func(t *testing.T, record []byte, host, detail string, n int64) {
		before, err := readAll(bytes.NewReader(record))
		if torn := new(TornError); errors.As(err, &torn) {
			if torn.Offset > int64(len(record)) {
				t.Fatalf("torn at %d of %d bytes", torn.Offset, len(record))
			}
			if again, err := readAll(bytes.NewReader(record[:torn.Offset])); err != nil || len(again) != len(before) {
				t.Fatalf("cut back to %d bytes it gives %d entries, not %d: %v", torn.Offset, len(again), len(before), err)
			}
		}
		o := Outcome{
			Line: n&(maxLine-1) + 1, Host: host, IP: detail, Class: OK, Status: int(n), Detail: detail,
			Signal: host, Start: time.Unix(n%1e10, n%1e9).UTC(), Stdout: n, StderrTail: detail, StdoutTail: host, Length: n,
		}.capped()
		lines := encoded(t, Attempt{o.Line, o.Host}, o)
		got, err := readAll(bytes.NewReader(bytes.Join(lines, nil)))
		if err != nil || len(got) != 2 {
			t.Fatalf("%d entries: %v", len(got), err)
		}
		if diff := cmp.Diff(o, got[1].Outcome); diff != "" {
			t.Fatal(diff)
		}
		if got[0].Attempt != (Attempt{o.Line, o.Host}) {
			t.Fatalf("attempt %+v", got[0].Attempt)
		}
	})
}
