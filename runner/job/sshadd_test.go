package job_test

import (
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/job"
)

func TestSSHADDFLAGSNameKeyFiles(t *testing.T) {
	for line, want := range map[string][]string{
		"": nil, "  ": nil, "-t 3600": nil, "-qt3600 ~/.ssh/a /b": {"~/.ssh/a", "/b"}, "/a": {"/a"}, "-c -- -x": {"-x"},
	} {
		if got, err := job.ParseSSHADDFLAGS(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", line, got, err)
		}
	}
	for line, want := range map[string]string{
		"-D": "SSH_ADD_FLAGS: -D can't be honoured", "-K": "SSH_ADD_FLAGS: -K can't", "-t": "SSH_ADD_FLAGS: -t wants a value", "-s /lib": "SSH_ADD_FLAGS: -s can't",
	} {
		if got, err := job.ParseSSHADDFLAGS(line); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %q, %v, want %s", line, got, err, want)
		}
	}
}
