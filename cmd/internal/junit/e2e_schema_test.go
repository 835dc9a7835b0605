//go:build e2e

package junit

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestRealValidatorTakesTheReports has libxml2 hold the reports against the
// schema, and some that are none.
func TestRealValidatorTakesTheReports(t *testing.T) {
	dir := t.TempDir()
	for name, s := range scenarios {
		file := filepath.Join(dir, name+".xml")
		if err := os.WriteFile(file, made(t, s), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := validate(t, file); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for name, text := range map[string]string{
		"no XML":             `<testsuites>`,
		"a suite of no name": `<testsuites><testsuite tests="1"/></testsuites>`,
		"out of order":       `<testsuites><testsuite name="a" tests="1"><testcase name="b"/><properties><property name="c" value="d"/></properties></testsuite></testsuites>`,
		"a skip's message":   `<testsuites><testsuite name="a" tests="1"><testcase name="b"><skipped message="c"/></testcase></testsuite></testsuites>`,
	} {
		file := filepath.Join(dir, "bad.xml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := validate(t, file); err == nil {
			t.Errorf("%s is valid", name)
		}
	}
}

func validate(t *testing.T, file string) ([]byte, error) {
	t.Helper()
	return exec.CommandContext(t.Context(), "xmllint", "--noout", "--nonet", "--schema", "testdata/jenkins-junit.xsd", file).CombinedOutput()
}
