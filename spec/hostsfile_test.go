package spec_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"scanmaster/spec"
)

func TestEveryWordOfAWorkerFileIsAWorker(t *testing.T) {
	const text = "# rack 1\nscan1 scan2   # scan9 is broken\n\n\tscan3\r\n10.0.0.5 [2001:db8::1]\nlocal #local\n"
	got, err := spec.ParseHosts(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := spec.Hosts{{Host: "scan1"}, {Host: "scan2"}, {Host: "scan3"}, {Host: "10.0.0.5"}, {Host: "2001:db8::1"}, {Host: "local"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyWorkerFileListsNone(t *testing.T) {
	for _, text := range []string{"", "# none\n", "\n\n"} {
		if got, err := spec.ParseHosts(strings.NewReader(text)); err != nil || len(got) != 0 {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// What such a file holds could be anybody's secret: a scan file may name any
// file that the user can read.
func TestAWorkerFileIsNeverQuoted(t *testing.T) {
	const secret = "hunter2"
	for line, want := range map[string]string{
		"-o" + secret:                     "begins with a dash, and would be taken for an option",
		secret + "@" + secret:             "holds a user",
		secret + ":2222":                  "holds a port",
		"[" + secret + "]:22":             "holds a port",
		"root:$6$" + secret + ":19000:0:": "is no name or address of a host",
		secret + "\x00":                   "holds a control character",
		secret + "\xff":                   "is no name or address of a host",
		secret + "#":                      "is no name or address of a host",
		strings.Repeat(secret, 40):        "is longer than 253 characters",
	} {
		_, err := spec.ParseHosts(strings.NewReader("scan1\n# nothing\nscan2 " + line + "\n-\n"))
		if err == nil || err.Error() != "line 3: a word "+want {
			t.Errorf("%q: %v, want %s", line, err, want)
		}
	}
}

func TestAWorkerFileThatCannotBeReadIsNoListOfWorkers(t *testing.T) {
	broken := errors.New("input/output error")
	if got, err := spec.ParseHosts(iotest.ErrReader(broken)); !errors.Is(err, broken) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
	text := "scan1\n" + strings.Repeat(" ", 2<<20)
	if _, err := spec.ParseHosts(strings.NewReader(text)); err == nil || err.Error() != "line 2: is over 1 MiB" {
		t.Errorf("got %v", err)
	}
}
