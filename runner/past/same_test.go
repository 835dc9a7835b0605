package past_test

import (
	"crypto/sha256"
	"os"
	"strings"
	"testing"

	"scanmaster/runner/fold"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
)

// TestResultsAreTheSameByTheirOutput, and where that can't be read, by why.
func TestResultsAreTheSameByTheirOutput(t *testing.T) {
	fine := fold.Key{Class: "ok", Sum: sha256.Sum256([]byte("fine"))}
	for name, c := range map[string]struct {
		spoil func(file string) error
		want  fold.Key
		fails string
		noted bool
	}{
		"as it was": {func(string) error { return nil }, fine, "", false},
		"gone":      {os.Remove, fold.Key{Class: "ok", Reason: past.OutputGone}, "", true},
		"changed":   {func(file string) error { return os.WriteFile(file, []byte("a,,FINE\n"), 0o600) }, fold.Key{Class: "ok", Reason: past.OutputChanged}, "", true},
		"no file": {func(file string) error {
			if err := os.Remove(file); err != nil {
				return err
			}
			return os.Symlink("/etc/hostname", file)
		}, fold.Key{}, "the output of a: ", false},
	} {
		s := pasttest.New(t, "audit")
		s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "a\n", Came: said("fine")})
		if err := c.spoil(s.Path(pasttest.Out("xaa"), "hosts_ok")); err != nil {
			t.Fatal(err)
		}
		r := open(t, s, "")
		for target, err := range r.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			switch key, err := r.FoldKey(target); {
			case c.fails != "":
				if err == nil || !strings.HasPrefix(err.Error(), c.fails) {
					t.Errorf("%s: %+v, %v", name, key, err)
				}
			case err != nil || key != c.want:
				t.Errorf("%s: %+v, %v, want %+v", name, key, err, c.want)
			}
		}
		if notes := r.Notes(); (len(notes) == 1) != c.noted {
			t.Errorf("%s: %q", name, notes)
		}
	}
}
