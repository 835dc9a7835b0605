package result

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hostile holds each byte value, in an order that is no valid UTF-8.
var hostile = func() string {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return string(b) + "\u2028</script>\U0001F600\"}\n{\"len\":\""
}()

func hostileOutcome(line int64) Outcome {
	return Outcome{
		Line: line, Host: "web1", IP: "10.0.0.1", Class: NoSSH, Status: 255, Reason: ReasonLost,
		Phase: PhaseRun, Detail: hostile, Signal: "KI\xffLL", Start: time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC),
		ConnectMS: 1, BannerMS: 2, AuthMS: 3, RunMS: 4, Stdout: 5, Stderr: 6, Cut: true,
		StderrTail: "\x00\x1b]0;owned\x07 café", StdoutTail: "half a\xff", Tries: 3, File: "hosts_nossh", Offset: 7, Length: 8, Sum: 9,
	}
}

var hostileResumed = Resumed{Host: "scan\xff1", At: time.Date(2026, 1, 2, 3, 4, 5, 6789, time.UTC)}

// encoded gives each entry's line.
func encoded(t testing.TB, entries ...any) [][]byte {
	t.Helper()
	var out [][]byte
	for _, e := range entries {
		buf := getLine()
		var b []byte
		var err error
		switch e := e.(type) {
		case Header:
			b, err = buf.header(e)
		case Attempt:
			b, err = buf.attempt(e)
		case Outcome:
			b, err = buf.outcome(e)
		case Synced:
			b, err = buf.synced(e)
		case Resumed:
			b, err = buf.resumed(e)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, bytes.Clone(b))
		buf.free()
	}
	return out
}

func readAll(r io.Reader) (entries []Entry, err error) {
	for e, err := range Read(r) {
		if err != nil {
			return entries, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func TestEveryFieldOfAnOutcomeIsTried(t *testing.T) {
	v := reflect.ValueOf(hostileOutcome(1))
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("%s is not filled in", v.Type().Field(i).Name)
		}
	}
}

func TestTheRecordReadsBackByteForByte(t *testing.T) {
	h := header
	h.Host = "scan\xfe1"
	lines := encoded(t, h, Attempt{1, "we\x80b1"}, hostileOutcome(1), Synced{Bytes: 12}, hostileResumed)
	var offset int64
	want := []Entry{
		{Kind: KindHeader, Header: h},
		{Kind: KindAttempt, Attempt: Attempt{1, "we\x80b1"}},
		{Kind: KindOutcome, Outcome: hostileOutcome(1)},
		{Kind: KindSynced, Synced: Synced{Bytes: 12}},
		{Kind: KindResumed, Resumed: hostileResumed},
	}
	for i, line := range lines {
		want[i].Offset, want[i].Length = offset, int64(len(line))
		offset += want[i].Length
	}
	// One byte at a time, as a slow share may give it.
	got, err := readAll(iotest.OneByteReader(bytes.NewReader(bytes.Join(lines, nil))))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachLineIsOneJSONObject(t *testing.T) {
	for _, line := range encoded(t, header, Attempt{1, hostile}, hostileOutcome(1), Synced{}, hostileResumed) {
		var object struct {
			Len  string `json:"len"`
			Kind string `json:"k"`
			CRC  string `json:"crc"`
		}
		if err := json.Unmarshal(line, &object); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if object.Len != fmt.Sprintf("%07d", len(line)) || len(object.Kind) != 1 || len(object.CRC) != 8 {
			t.Errorf("%q: frame %+v", line, object)
		}
		if bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Errorf("%q is more than one line", line)
		}
	}
}

func TestTheLongestTextsFit(t *testing.T) {
	for _, bad := range []string{"\x01", "\xff", "\u2028"} {
		long := strings.Repeat(bad, maxRecord)
		o := hostileOutcome(1)
		for _, text := range o.texts() {
			*text.at = long + "\xffend"
		}
		o = o.capped()
		lines := encoded(t, o)
		got, err := readAll(bytes.NewReader(lines[0]))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(o, got[0].Outcome); diff != "" {
			t.Error(diff)
		}
		if len(o.Detail) != maxText {
			t.Errorf("detail has %d bytes", len(o.Detail))
		}
		for _, tail := range []string{o.StderrTail, o.StdoutTail} {
			if len(tail) != maxText || !strings.HasSuffix(tail, "end") {
				t.Errorf("a tail has %d bytes and ends in %q", len(tail), tail[len(tail)-8:])
			}
		}
	}
}

func TestALineThatIsTooLongIsRefused(t *testing.T) {
	buf := getLine()
	defer buf.free()
	if _, err := buf.attempt(Attempt{1, strings.Repeat("x", maxRecord)}); err == nil {
		t.Error("an attempt of over a MiB was encoded")
	}
}

func TestEveryTornTailLeavesAllBeforeIt(t *testing.T) {
	lines := encoded(t, header, Attempt{1, "web1"}, hostileOutcome(1))
	whole := bytes.Join(lines[:2], nil)
	last := lines[2]
	check := func(name string, tail []byte) {
		t.Helper()
		got, err := readAll(bytes.NewReader(append(bytes.Clone(whole), tail...)))
		torn := new(TornError)
		if !errors.As(err, &torn) || torn.Offset != int64(len(whole)) || torn.Error() == "" {
			t.Fatalf("%s: %v", name, err)
		}
		if len(got) != 2 {
			t.Fatalf("%s: %d entries before it, want 2", name, len(got))
		}
	}
	for n := 1; n < len(last); n++ {
		check(fmt.Sprintf("cut after %d bytes", n), last[:n])
		zeros := make([]byte, len(last))
		copy(zeros, last[:n])
		check(fmt.Sprintf("NULs after %d bytes", n), zeros)
	}
	for bit := range len(last) * 8 {
		flipped := bytes.Clone(last)
		flipped[bit/8] ^= 1 << (bit % 8)
		check(fmt.Sprintf("bit %d flipped", bit), flipped)
	}
	check("garbage", []byte("garbage\n"+strings.Repeat("x", 1000)))
	check("NULs alone", make([]byte, 4096))
}

func TestGarbageAfterAWholeLineLosesNothing(t *testing.T) {
	lines := encoded(t, header, hostileOutcome(1))
	whole := bytes.Join(lines, nil)
	for _, tail := range []string{"\n", "\x00", "}", `{"len":"9999999","k":"o"`, `{"len":"000000`, string(lines[1][:40])} {
		got, err := readAll(strings.NewReader(string(whole) + tail))
		if torn := new(TornError); !errors.As(err, &torn) || torn.Offset != int64(len(whole)) {
			t.Errorf("%q: %v", tail, err)
		}
		if len(got) != 2 {
			t.Errorf("%q: %d entries, want 2", tail, len(got))
		}
	}
}

func TestAFaultOfTheReaderIsNoTornRecord(t *testing.T) {
	lines := encoded(t, header, hostileOutcome(1))
	fault := errors.New("stale file handle")
	for _, n := range []int{0, 10, len(lines[0]), len(lines[0]) + 50} {
		part := bytes.Join(lines, nil)[:n]
		_, err := readAll(io.MultiReader(bytes.NewReader(part), iotest.ErrReader(fault)))
		if torn := new(TornError); !errors.Is(err, fault) || errors.As(err, &torn) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

// reframed gives a whole line with another body.
func reframed(t testing.TB, kind Kind, body any) string {
	t.Helper()
	buf := getLine()
	defer buf.free()
	b, err := buf.encode(kind, body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAWholeLineOfAnotherVersionIsNotTorn(t *testing.T) {
	type object map[string]any
	for name, line := range map[string]string{
		"format":          reframed(t, KindHeader, object{"format": 2}),
		"kind":            reframed(t, 'x', object{"line": 1}),
		"header's type":   reframed(t, KindHeader, object{"run": 1}),
		"attempt's type":  reframed(t, KindAttempt, object{"line": "1"}),
		"outcome's type":  reframed(t, KindOutcome, object{"line": "1"}),
		"line 0":          reframed(t, KindAttempt, object{"line": 0}),
		"line beyond all": reframed(t, KindOutcome, object{"line": int64(maxLine) + 1}),
		"synced's type":   reframed(t, KindSynced, object{"bytes": "1"}),
		"resumed's type":  reframed(t, KindResumed, object{"at": 1}),
	} {
		_, err := readAll(strings.NewReader(line))
		if torn := new(TornError); err == nil || errors.As(err, &torn) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadStopsWhereTheReaderOfItStops(t *testing.T) {
	lines := encoded(t, header, hostileOutcome(1), hostileOutcome(2))
	var n int
	for _, err := range Read(bytes.NewReader(bytes.Join(lines, nil))) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}
