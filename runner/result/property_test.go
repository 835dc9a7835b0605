package result

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// damage is what became of a record: where it first differs from what was
// written, and what is left of it.
type damage struct {
	how  string
	at   int
	left []byte
}

// damaged cuts a record, flips bits of it, or has blocks of it read as NULs,
// anywhere behind the header.
func damaged(r *rand.Rand, record []byte, header int) damage {
	at := header + r.IntN(len(record)-header)
	left := bytes.Clone(record)
	switch r.IntN(4) {
	case 0:
		return damage{"cut", at, left[:at]}
	case 1:
		left[at] ^= 1 << r.IntN(8)
		return damage{"a bit flipped", at, left}
	case 2:
		for range 1 + r.IntN(5) {
			left[at+r.IntN(len(left)-at)] ^= byte(1 + r.IntN(255))
		}
	default:
		clear(left[at:min(len(left), at+1+r.IntN(4096))])
	}
	for at = range left {
		if left[at] != record[at] {
			return damage{"bytes changed", at, left}
		}
	}
	return damage{"nothing", len(left), left} // it may have been NULs before
}

// randomRecord gives the lines of a record, of every kind but the header.
func randomRecord(t *testing.T, r *rand.Rand) [][]byte {
	t.Helper()
	entries := []any{header}
	offset := int64(0)
	for line := int64(1); line < int64(2+r.IntN(40)); line++ {
		entries = append(entries, Attempt{line, fmt.Sprintf("web%d", line)})
		switch r.IntN(8) {
		case 0:
			entries = append(entries, Synced{Bytes: r.Int64N(1000)})
		case 1:
			entries = append(entries, hostileResumed)
		case 2:
			continue // in flight
		}
		o := outcomeAt(line, offset)
		o.Detail = hostile[:r.IntN(len(hostile))]
		offset += o.Length
		entries = append(entries, o)
	}
	return encoded(t, entries...)
}

// TestDamageLosesNothingBeforeItAndIsReported tries thousands of records and
// damages, each by its number.
func TestDamageLosesNothingBeforeItAndIsReported(t *testing.T) {
	for seed := range uint64(5000) {
		r := rand.New(rand.NewPCG(seed, 1))
		lines := randomRecord(t, r)
		d := damaged(r, bytes.Join(lines, nil), len(lines[0]))
		// The first line that isn't as it was written, and where it begins.
		begin, first := 0, 0
		for first < len(lines) && begin+len(lines[first]) <= d.at {
			begin += len(lines[first])
			first++
		}
		entries, err := readAll(bytes.NewReader(d.left))
		if len(entries) != first {
			t.Fatalf("seed %d, %s at byte %d: %d lines are left, want %d: %v", seed, d.how, d.at, len(entries), first, err)
		}
		torn := new(TornError)
		if reported := errors.As(err, &torn); reported != (begin < len(d.left)) || reported && torn.Offset != int64(begin) {
			t.Fatalf("seed %d, %s at byte %d, in the line at %d: %v", seed, d.how, d.at, begin, err)
		}
		a, err := Audit(bytes.NewReader(d.left), 100)
		if err != nil || a.Tally.Total()+a.Missing != 100 || (a.Torn != nil) != (begin < len(d.left)) {
			t.Fatalf("seed %d, %s at byte %d: audited %+v, %v", seed, d.how, d.at, a, err)
		}
	}
}

// TestDamageIsMadeGood has ledgers gone on with: what stood before the damage
// is done, and each line is in the end in one file, once.
func TestDamageIsMadeGood(t *testing.T) {
	const lines = 12
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 2))
		path := t.TempDir()
		filled(t, path)
		data, err := os.ReadFile(filepath.Join(path, recordName))
		if err != nil {
			t.Fatal(err)
		}
		d := damaged(r, data, len(record(t, header)))
		before, err := Audit(bytes.NewReader(d.left[:min(d.at, len(d.left))]), lines)
		if err != nil {
			t.Fatal(err)
		}
		change(t, path, recordName, func([]byte) []byte { return d.left })
		l, rec := resume(t, path, lines)
		for line := int64(1); line <= lines; line++ {
			if before.Seen.Has(line) && !rec.Done.Has(line) {
				t.Fatalf("seed %d, %s at byte %d: line %d is lost", seed, d.how, d.at, line)
			}
			if l.Has(line) {
				continue
			}
			tg := target(line, fmt.Sprintf("web%d", line))
			if _, err := l.Outcome(fine(line, tg.Host), tg, strings.NewReader("again")); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		wantEachOnce(t, path, fmt.Sprintf("seed %d, %s at byte %d", seed, d.how, d.at), lines)
	}
}

// wantEachOnce looks for web1 to webN in the classic files.
func wantEachOnce(t *testing.T, path, what string, lines int) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(path, out0, "hosts_*"))
	if err != nil {
		t.Fatal(err)
	}
	all := "\n"
	for _, name := range found {
		if filepath.Base(name) != checkedName {
			all += resultFile(t, path, filepath.Base(name))
		}
	}
	for line := 1; line <= lines; line++ {
		if n := strings.Count(all, fmt.Sprintf("\nweb%d,", line)); n != 1 {
			t.Fatalf("%s: web%d is there %d times:\n%s", what, line, n, all)
		}
	}
}
