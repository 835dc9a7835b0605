package spec_test

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"scanmaster/spec"
)

// Whatever a file holds, it is either told what is wrong with it, at places
// that the file has, or it gives the same scan each time.
func FuzzParse(f *testing.F) {
	for _, kind := range []string{"good", "bad", "warned"} {
		names, err := os.ReadDir("testdata")
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name.Name(), "."+kind+".yaml") {
				continue
			}
			text, err := os.ReadFile("testdata/" + name.Name())
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		scan, problems := spec.Parse("a.yaml", text)
		lines := strings.Split(strings.TrimPrefix(string(text), "\uFEFF"), "\n")
		for _, p := range problems {
			if p.Summary == "" || strings.Contains(p.Summary, "%!") || p.Pos.File != "a.yaml" {
				t.Errorf("problem %+v", p)
			}
			if p.Pos.Line == 0 && p.Pos.Col == 0 {
				continue
			}
			if p.Pos.Line < 1 || p.Pos.Line > len(lines) || p.Pos.Col < 1 {
				t.Fatalf("%v is not in the file", p)
			}
			if most := utf8.RuneCountInString(lines[p.Pos.Line-1]) + 1; p.Pos.Col > most {
				t.Errorf("%v is right of its line, which has %d characters", p, most-1)
			}
		}
		again, more := spec.Parse("a.yaml", text)
		if diff := cmp.Diff(problems, more); diff != "" {
			t.Errorf("other problems the second time:\n%s", diff)
		}
		if problems.HasErrors() {
			return
		}
		if scan.Version != 1 || scan.Name == "" || len(scan.Input) == 0 || scan.Remote.Script == "" || len(scan.Hosts) == 0 {
			t.Errorf("a scan without what it needs: %+v", scan)
		}
		if diff := cmp.Diff(scan, again, cmpopts.IgnoreUnexported(spec.Scan{})); diff != "" {
			t.Errorf("another scan the second time:\n%s", diff)
		}
	})
}
