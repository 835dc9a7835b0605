//go:build e2e

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/result"
)

// judge holds what is left against what must be.
func (h *chaos) judge(t *testing.T) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Log(h.story(t))
			return
		}
		// There is room for so many on the share.
		if err := os.RemoveAll(h.prefix(h.name)); err != nil {
			t.Error(err)
		}
	}()
	// One that was let go on late finds its chunk taken, and ends.
	await(t, "the end of all workers", func() bool { return len(h.working()) == 0 })
	var want strings.Builder
	for i := range h.targets {
		a := h.crowd.addr(i)
		out := strings.TrimRight(string(sluggish(h.targets)(a).Stdout), "\n")
		fmt.Fprintf(&want, "host%d,%s,%s\n", i, a, out)
	}
	if got := gathered(t, filepath.Join(h.prefix(h.name), "final", "output")); !sameLines(got, want.String()) {
		t.Errorf("the outputs are not what the targets have sent: %d bytes, want %d", len(got), want.Len())
	}
	attempts := h.attempts(t)
	// What a worker without the shared folder did since it was last heard of is in
	// flight where it can't be fetched, and only the master's word tells of it.
	unfetched, more := int64(strings.Count(h.story(t), "can't be fetched, and runs again")), int64(0)
	for i, n := range h.executions() {
		ran, name := n-h.before[i], fmt.Sprint("host", i)
		switch {
		case ran < 1:
			t.Errorf("%s has an outcome, and nothing has run there", name)
		case ran > attempts[name] && unfetched == 0:
			t.Errorf("the script has run %d times on %s, and %d are accounted for", ran, name, attempts[name])
		}
		more += max(0, ran-attempts[name])
	}
	if more > unfetched*ofAChunk {
		t.Errorf("%d scripts more than are accounted for, and %d times something could not be fetched", more, unfetched)
	}
	t.Logf("%s; %d times something could not be fetched; %d scripts begun again, %d chunks split", h.kinds(), unfetched, again(attempts), h.splits(t))
}

// ofAChunk is how many targets a worker without the shared folder has at the most.
const ofAChunk = chaosTargetsOfHosts / chaosWorkers

// kinds counts the faults by what they were, without what follows from them.
func (h *chaos) kinds() string {
	counts, all := make(map[string]int), 0
	for _, f := range h.faults {
		words := strings.Fields(f)
		if slices.Contains([]string{"heal", "let", "make", "plug", "again"}, words[1]) {
			continue
		}
		all++
		counts[words[1]]++
	}
	return fmt.Sprintf("%d faults %v", all, counts)
}

// splits counts the chunks that were split, in the run that came to its end.
func (h *chaos) splits(t *testing.T) int {
	t.Helper()
	journals, _ := filepath.Glob(filepath.Join(h.prefix(h.name), ".run-*", "journal"))
	n := 0
	for _, path := range journals {
		n += strings.Count(read(t, path), `"kind":"shrunk"`)
	}
	return n
}

// sameLines compares texts but for the order of their lines.
func sameLines(a, b string) bool {
	x, y := sortedLines(a), sortedLines(b)
	return strings.Join(x, "\n") == strings.Join(y, "\n")
}

// again counts the attempts beyond the first.
func again(attempts map[string]int64) (n int64) {
	for _, a := range attempts {
		n += a - 1
	}
	return n
}

// attempts counts, in all records of the run, how often a script was about to
// be sent to each host. After an outcome there is none: a record that says
// otherwise is refused where it is read.
func (h *chaos) attempts(t *testing.T) map[string]int64 {
	t.Helper()
	all := make(map[string]int64)
	records, err := filepath.Glob(filepath.Join(h.prefix(h.name), "[0-9]*", ".record"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range records {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for e, err := range result.Read(f) {
			if err != nil {
				t.Errorf("%s: %v", path, err)
				break
			}
			if e.Kind == result.KindAttempt {
				all[e.Attempt.Host]++
			}
		}
		_ = f.Close()
	}
	return all
}
