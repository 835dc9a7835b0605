package spec_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/spec"
	"scanmaster/spec/diag"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fixtures gives the scan files of one kind, at least so many.
func fixtures(t *testing.T, kind string, least int) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*." + kind + ".yaml")
	if err != nil || len(files) < least {
		t.Fatalf("%d fixtures of kind %s, %v", len(files), kind, err)
	}
	return files
}

// golden holds the problems of a file against the text beside it.
func golden(t *testing.T, file string, problems diag.List) {
	t.Helper()
	golden := strings.TrimSuffix(file, ".yaml") + ".txt"
	got := strings.ReplaceAll(problems.Error(), filepath.Dir(file)+"/", "") + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestEachBadFileHasItsExactProblems(t *testing.T) {
	for _, file := range fixtures(t, "bad", 70) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, problems := spec.Load(file)
			if !problems.HasErrors() {
				t.Error("it is taken for good")
			}
			golden(t, file, problems)
		})
	}
}

func TestAWarningDoesNotStopTheScan(t *testing.T) {
	for _, file := range fixtures(t, "warned", 1) {
		_, problems := spec.Load(file)
		if problems.HasErrors() {
			t.Errorf("%s is taken for bad", file)
		}
		golden(t, file, problems)
	}
}

func TestGoodFilesHaveNoProblems(t *testing.T) {
	for _, file := range fixtures(t, "good", 10) {
		if _, problems := spec.Load(file); len(problems) > 0 {
			t.Errorf("%s:\n%v", file, problems)
		}
	}
}
