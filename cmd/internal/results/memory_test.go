package results

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"scanmaster/runner/chunk"
	"scanmaster/runner/past/pasttest"
	"scanmaster/runner/result"
)

// TestNoMoreIsHeldOfATargetThanItsName folds many targets that have written three
// different outputs, and errors of their own: what is held then is bounded by far less
// than what is known of each.
func TestNoMoreIsHeldOfATargetThanItsName(t *testing.T) {
	const targets, known, most = 20_000, 1000, 128 // bytes; a name has 22, in a buffer that doubles
	var list strings.Builder
	for i := range targets {
		fmt.Fprintf(&list, "web%06d.example.com\n", i)
	}
	output := strings.Repeat("x", known)
	s := pasttest.New(t, "audit")
	s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: list.String(), Came: func(t chunk.Target) (result.Outcome, io.Reader, bool) {
		o := result.Outcome{Class: result.Exit, Status: 1, StderrTail: t.Host + strings.Repeat("e", known)}
		return o, strings.NewReader(output[t.Line%3:]), true
	}})
	r := open(t, s, "")
	before := heap()
	f, err := Fold(t.Context(), r, Filter{}, nil)
	if err != nil || f.all != targets || f.groups.Len() != 3 {
		t.Fatalf("%+v, %v", f, err)
	}
	if grown := heap() - before; grown > targets*most {
		t.Errorf("%d bytes of a target are held, and %d may be", grown/targets, most)
	}
	runtime.KeepAlive(f)
}

// heap is how much is held on the heap, in bytes.
func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc) //nolint:gosec // far less than that
}
