package report

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// seals is the method that makes a type of package runner an event.
var seals = regexp.MustCompile(`(?m)^func \((?:\w+ )?\*?(\w+)\) event\(\)`)

// sealed gives the names of the types that are events.
func sealed(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../../runner/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range seals.FindAllStringSubmatch(string(text), -1) {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	return names
}
