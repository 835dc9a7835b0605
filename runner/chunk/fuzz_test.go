package chunk_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"scanmaster/runner/chunk"
)

// refused are the characters that could make an option, a command, a pattern
// or the end of a field.
const refused = " \t\n,\"'$`;|&<>()\\*?!#/@={}~^+"

// FuzzParseLine reads lists with a run of one character in the middle, which
// makes long lines of small inputs.
func FuzzParseLine(f *testing.F) {
	for _, seed := range []string{
		"web1 10.0.0.5:2222\r\n# no\n[2001:db8::7]:22", "\ufeff\tweb1  x \t::1", "\ufeff\ufeffweb1", "-oProxyCommand=x\na,b\nw\xff\x00",
		"fe80::1%eth0\nweb1:0\n[::1]x", "a b", "web1  10.0.0.5",
	} {
		f.Add([]byte(seed), byte(' '), uint16(0))
		f.Add([]byte(seed), byte(' '), uint16(40_000))
		f.Add([]byte(seed), byte('a'), uint16(chunk.MaxLine/2))
	}
	f.Fuzz(func(t *testing.T, list []byte, fill byte, pad uint16) {
		list = slices.Insert(list, len(list)/2, bytes.Repeat([]byte{fill}, 2*int(pad))...)
		r := chunk.NewReader(bytes.NewReader(list))
		var last int64
		var whole chunk.LineErrors
		for {
			target, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if last++; target.Line != last {
				t.Fatalf("target %d has number %d", last, target.Line)
			}
			judge(t, target, err)
			if bad := new(chunk.LineError); errors.As(err, &bad) {
				whole.Errors = append(whole.Errors, bad)
			}
		}
		if most := int64(bytes.Count(list, []byte("\n"))) + 1; r.Lines() > most || last > r.Lines() {
			t.Fatalf("%d targets in %d lines, of which there are %d at the most", last, r.Lines(), most)
		}
		counted(t, list, chunk.Counts{Targets: last - int64(len(whole.Errors)), Lines: r.Lines()}, whole.Errors)
	})
}

// counted holds a count of the whole list, which is tidied in parts, against what
// was read of it line by line.
func counted(t *testing.T, list []byte, want chunk.Counts, bad []*chunk.LineError) {
	t.Helper()
	got, err := chunk.Count(bytes.NewReader(list), chunk.Choice{})
	if got != want {
		t.Fatalf("Count = %+v, %v, want %+v", got, err, want)
	}
	all := new(chunk.LineErrors)
	if errors.As(err, &all); len(all.Errors)+all.More != len(bad) {
		t.Fatalf("Count found %d bad lines, want %d", len(all.Errors)+all.More, len(bad))
	}
	for i, e := range all.Errors {
		if *e != *bad[i] {
			t.Fatalf("Count found %+v, want %+v", e, bad[i])
		}
	}
}

// judge holds what must hold of every target.
func judge(t *testing.T, target chunk.Target, err error) {
	t.Helper()
	if target.Text == "" || strings.ContainsAny(target.Text, "\n\t") || strings.Contains(target.Text, "  ") {
		t.Fatalf("the text is %q", target.Text)
	}
	again, ok, errAgain := chunk.ParseLine([]byte(target.Text + " \n")) // a CR at the end of the text is none of the line's end
	if !ok || (err == nil) != (errAgain == nil) {
		t.Fatalf("%q is judged %v, and then %v", target.Text, err, errAgain)
	}
	if bad := new(chunk.LineError); err != nil {
		if !errors.As(err, &bad) || bad.Line == 0 || bad.Reason == "" {
			t.Fatalf("the error is %#v", err)
		}
		return
	}
	if again.Line = target.Line; again != target {
		t.Fatalf("%+v is read back as %+v", target, again)
	}
	for _, field := range []string{target.Host, target.IP} {
		if field == "" || field[0] == '-' || strings.ContainsAny(field, refused) || strings.ContainsFunc(field, unicode.IsControl) || !utf8.ValidString(field) {
			t.Fatalf("%q is let through", field)
		}
	}
	for _, byName := range []bool{false, true} {
		if host, port := target.Address(byName, 22); host == "" || host[0] == '[' || port < 1 || port > 65535 {
			t.Fatalf("the address of %+v is %q, %d", target, host, port)
		}
	}
}
