package runner_test

import (
	"testing"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
)

func TestResultsThatAreNotThereAreMissing(t *testing.T) {
	for name, c := range map[string]struct {
		hook    string // in the chunk's folder
		missing int
	}{
		"packed by a hook":        {"gzip output/*/*/hosts_ok", 4},
		"truncated":               {"for f in output/*/*/hosts_ok; do : >$f; done", 4},
		"cut in the middle":       {"truncate -s -1 output/*/*/hosts_ok", 2}, // the last of each chunk
		"without their record":    {"rm .record", 4},
		"and the record are gone": {"rm -r .record output", 4},
		"with half the record":    {"truncate -s -200 .record", 2},
		"of one chunk":            {"case $1 in *.xaa) rm output/*/*/hosts_ok;; esac", 2},
	} {
		t.Run(name, func(t *testing.T) {
			g := lay(t)
			g.targets("fine", 4, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("all is fine\n")})
			g.write("post.sh", "#!/bin/sh\nset -e\ncd \"$1\"\n"+c.hook+"\n")
			s := g.mustApply("hooks: {post_chunk: post.sh}")
			if s.Verdict != runner.Incomplete || s.Missing != int64(c.missing) || len(s.MissingNames) != c.missing || s.Tally.Total() != int64(4-c.missing) {
				t.Errorf("%+v", s)
			}
			if s.MissingFile != g.prefix(".run-"+s.Run+"/missing") || g.read(".run-*/missing") != g.read("final/unsorted") {
				t.Errorf("%s: %q, want what is unsorted", s.MissingFile, g.read(".run-*/missing"))
			}
			if !g.warned() {
				t.Errorf("no warning among %q", g.kinds())
			}
		})
	}
}

// warned tells whether there was a warning.
func (g *ground) warned() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range g.events {
		if _, ok := e.(runner.Warning); ok {
			return true
		}
	}
	return false
}
