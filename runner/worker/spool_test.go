package worker

import (
	"io"
	"os"
	"strings"
	"testing"
)

// spooled writes pieces and reads them back.
func spooled(t *testing.T, most int64, pieces ...string) (*spool, string) {
	t.Helper()
	s := newSpool(t.TempDir(), most)
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	for _, p := range pieces {
		if n, err := s.Write([]byte(p)); n != len(p) || err != nil {
			t.Fatalf("wrote %d of %d bytes: %v", n, len(p), err)
		}
	}
	r, err := s.reader()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return s, string(got)
}

func TestASpoolGivesBackWhatItWasGiven(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", inMemory/16)
	for name, pieces := range map[string][]string{
		"nothing":           nil,
		"empty":             {""},
		"little":            {"a", "", "bc"},
		"as much as fits":   {large},
		"a byte more":       {large, "x"},
		"more in one piece": {large + large + "x"},
		"more and more":     {"a", large, large, large, "z"},
	} {
		t.Run(name, func(t *testing.T) {
			want := strings.Join(pieces, "")
			s, got := spooled(t, 1<<20, pieces...)
			if got != want || s.total != int64(len(want)) || s.isCut() {
				t.Errorf("got %d bytes of %d, want %d", len(got), s.total, len(want))
			}
			if (s.file != nil) != (len(want) > inMemory) {
				t.Errorf("%d bytes, and a file is %v", len(want), s.file != nil)
			}
		})
	}
}

func TestASpoolIsCutAtItsCap(t *testing.T) {
	for _, c := range []struct {
		pieces []string
		want   string
	}{
		{[]string{"0123456789"}, "0123456789"},
		{[]string{"0123456789", "x"}, "0123456789\n[scanmaster: output cut after 10 of 11 bytes]\n"},
		{[]string{"012345678\nmore"}, "012345678\n[scanmaster: output cut after 10 of 14 bytes]\n"},
		{[]string{"01234", "56789x", "y"}, "0123456789\n[scanmaster: output cut after 10 of 12 bytes]\n"},
	} {
		if s, got := spooled(t, 10, c.pieces...); got != c.want || s.isCut() != (len(c.want) > 10) {
			t.Errorf("%q: got %q, want %q", c.pieces, got, c.want)
		}
	}
	large := strings.Repeat("x", 100_000)
	if _, got := spooled(t, 80_000, large, large); got != large[:80_000]+"\n[scanmaster: output cut after 80000 of 200000 bytes]\n" {
		t.Errorf("got %d bytes", len(got))
	}
}

func TestASpoolGivesTheEndOfWhatItKept(t *testing.T) {
	large := strings.Repeat("0123456789", inMemory/10) + "the end"
	for _, c := range []struct {
		cap, most int64
		text      string
		want      string
	}{
		{100, 10, "", ""},
		{100, 10, "short", "short"},
		{100, 3, "short", "ort"},
		{3, 10, "short", "sho"},
		{3, 2, "short", "ho"},
		{1 << 20, 7, large, "the end"},
		{1 << 20, 1 << 20, large, large},
		{70_000, 4, strings.Repeat("x", 69_998) + "abcdef", "xxab"},
	} {
		s, _ := spooled(t, c.cap, c.text)
		if got, err := s.end(c.most); err != nil || got != c.want {
			t.Errorf("of %d bytes, %d kept, the last %d: got %.20q, %v", len(c.text), c.cap, c.most, got, err)
		}
	}
}

func TestASpoolWithoutRoomIsCutThere(t *testing.T) {
	s := newSpool("/nowhere", 1<<20)
	defer func() { _ = s.close() }()
	for _, text := range []string{"the beginning\n", strings.Repeat("x", inMemory), "the end\n"} {
		if n, err := s.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatalf("wrote %d of %d bytes: %v", n, len(text), err)
		}
	}
	r, err := s.reader()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	want := "the beginning\n" + strings.Repeat("x", inMemory-14) + "\n[scanmaster: output cut after 65536 of 65558 bytes: no room on the worker]\n"
	if string(got) != want || !s.isCut() || !os.IsNotExist(s.full) {
		t.Errorf("%v, got %d bytes that end in %q", s.full, len(got), got[max(0, len(got)-100):])
	}
	if end, err := s.end(3); end != "xxx" || err != nil {
		t.Errorf("the end is %q, %v", end, err)
	}
}

func TestASpoolDoesNotSeeWhatAnotherWasGiven(t *testing.T) {
	for range 100 {
		s := newSpool(t.TempDir(), 100)
		if _, err := s.Write([]byte("secret")); err != nil {
			t.Fatal(err)
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		if _, got := spooled(t, 100); got != "" {
			t.Fatalf("got %q", got)
		}
	}
}

func TestATailIsTheEndOfWhatWasWritten(t *testing.T) {
	text := strings.Repeat("0123456789", 500)
	for _, step := range []int{1, 7, 1000, 1024, 1025, 5000} {
		var tail tail
		for at := 0; at < len(text); at += step {
			if _, err := tail.Write([]byte(text[at:min(at+step, len(text))])); err != nil {
				t.Fatal(err)
			}
		}
		if tail.total != 5000 || string(tail.end) != text[len(text)-tailSize:] {
			t.Errorf("in steps of %d: %d bytes, the end %.20q", step, tail.total, tail.end)
		}
	}
	var tail tail
	if _, err := tail.Write([]byte("short")); err != nil || string(tail.end) != "short" {
		t.Errorf("got %q", tail.end)
	}
}
