package spec_test

import (
	"testing"

	"scanmaster/spec"
)

func TestWhatIsWrongIsKnownAroundAndWithin(t *testing.T) {
	scan, problems := spec.Parse("x.yaml", []byte(`version: 1
name: a
input: [targets, -x]
hosts: [{host: scan1, port: 99999}, local]
hooks: {pre: [x]}
jobs: 0
`))
	if !problems.HasErrors() || !scan.Readable() {
		t.Fatal(problems)
	}
	for path, want := range map[string]bool{
		"input[1]": true, "input": true, "input[0]": false, "hosts": true, "hosts[0]": true, "hosts[1]": false,
		"remote": true, "remote.script": true, "hooks.pre": true, "hooks.pre[0]": true, "hooks": true, "jobs": true,
		"job": false, "name": false, "exclude": false,
	} {
		if got := scan.Wrong(path); got != want {
			t.Errorf("%s is wrong: %v", path, got)
		}
	}
}

func TestAFileThatIsNoScanIsNotReadable(t *testing.T) {
	for _, text := range []string{"", "- a\n", "word\n", "a: [\n", "\xff"} {
		if scan, _ := spec.Parse("x.yaml", []byte(text)); scan.Readable() {
			t.Errorf("%q is readable", text)
		}
	}
	if scan, _ := spec.Load("/nowhere.yaml"); scan.Readable() {
		t.Error("a file that isn't there is readable")
	}
}
