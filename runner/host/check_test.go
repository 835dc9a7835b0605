package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
)

func TestAWorkerIsAskedWhatItLacks(t *testing.T) {
	p := newPlace(t)
	write(t, filepath.Join(p.home, "worker"), `#!/bin/sh
printf 'pings by: %s\nabout: keys\nwrong: %s\nwrong: %s\nwarning: few files\n' 'ping(8)' "$1" "$WORD"
exit 1
`, 0o700)
	got, err := p.Check(t.Context(), `env WORD='a  b' ./worker 'it'\''s $HOME'`)
	if err != nil {
		t.Fatal(err)
	}
	want := job.Fitness{Ping: job.PingProgram, Wrong: []job.Finding{{About: job.AboutKeys, Text: "it's $HOME"}, {About: job.AboutKeys, Text: "a  b"}}, Warnings: []job.Finding{{About: job.AboutKeys, Text: "few files"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAWorkerThatCannotSayWhatItLacksIsAnError(t *testing.T) {
	p := newPlace(t)
	for line, want := range map[string]string{
		"no-such-worker": "(status 127): ",
		"echo no words of ours; echo twice >&2; false": "(status 1): no words of ours; twice",
		"true":                 "",
		"echo 'wrong: no key'": "(status 0): wrong: no key",
		"kill -9 $$":           "ask what it lacks",
	} {
		_, err := p.Check(t.Context(), line)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

func TestABinaryIsFoundWhereItWasBroughtAndNothingIsTouched(t *testing.T) {
	p, b := newPlace(t), binaryOf(counts)
	if path, err := p.Find(t.Context(), b); err != nil || path != "" {
		t.Errorf("got %s, %v", path, err)
	}
	if left, err := os.ReadDir(p.home); err != nil || len(left) > 0 {
		t.Errorf("there is %v, %v", left, err)
	}
	brought, err := p.Deploy(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if path, err := p.Find(t.Context(), b); err != nil || path != brought {
		t.Errorf("got %s, %v, want %s", path, err, brought)
	}
	write(t, brought, "#!/bin/sh\nevil\n", 0o700)
	if path, err := p.Find(t.Context(), b); err != nil || path != "" {
		t.Errorf("got %s, %v of one that was changed", path, err)
	}
}
