package host

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnAnswerIsWholeAndNothingElse(t *testing.T) {
	const b, e = begin + "\n", end + "\n"
	for name, c := range map[string]struct {
		out  string
		want answer
	}{
		"nothing known":    {b + e, answer{}},
		"values as are":    {b + "a=1\nb_c= x=y \nd=\n" + e, answer{"a": "1", "b_c": " x=y ", "d": ""}},
		"a text":           {b + "words=one\nwords=two\n" + e, answer{"words": "one\ntwo"}},
		"greeted":          {"hello\r\n" + b + "a=1\n" + e, answer{"a": "1"}},
		"greeted in line":  {"hello" + b + "a=1\n" + e, nil},
		"twice":            {b + "a=1\na=2\n" + e, nil},
		"no end":           {b + "a=1\n", nil},
		"more behind":      {b + "a=1\n" + e + "b=2\n", nil},
		"no key":           {b + "hello\n" + e, nil},
		"an empty line":    {b + "a=1\n\n" + e, nil},
		"a key of shouted": {b + "A=1\n" + e, nil},
		"nothing":          {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseAnswer([]byte(c.out))
			if (c.want == nil) != errors.Is(err, errAnswer) {
				t.Fatalf("got %v, %v", got, err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzAnswersAreBounded(f *testing.F) {
	f.Add(begin + "\na=1\n" + end + "\n")
	f.Fuzz(func(t *testing.T, out string) {
		a, err := parseAnswer([]byte(out))
		if err != nil {
			return
		}
		n := 0
		for k, v := range a {
			n += len(k) + len(v)
		}
		if n > len(out) {
			t.Errorf("%q became more than it was: %q", out, a)
		}
	})
}

func TestTheEndOfWordsIsKept(t *testing.T) {
	k := &tail{max: 5}
	for _, s := range []string{"one ", "two ", "äöü"} {
		if n, err := k.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := k.words(); got != "öü" {
		t.Errorf("got %q", got)
	}
}

func TestAModeIsReadAsLsWritesIt(t *testing.T) {
	for s, ok := range map[string]bool{
		"drwxr-xr-x": true, "drwxrws---+": true, "drwxrwxrwt.": true, "-rw-r--r--": false, "d": false, "": false,
	} {
		if _, got := parseMode(s); got != ok {
			t.Errorf("%q: %v", s, got)
		}
	}
	if m, _ := parseMode("drwxrws--T"); m.Perm() != 0o770 || m&(1<<22) == 0 {
		t.Errorf("got %v", m)
	}
}
