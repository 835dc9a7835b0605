package past

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/journal"
)

func TestEachWorkersTimeWithAChunkIsASpan(t *testing.T) {
	at := func(second int) time.Time { return time.Date(2026, 1, 2, 15, 4, second, 0, time.UTC) }
	s := spans{lines: make(map[string]int64), last: make(map[string]int)}
	for second, e := range []journal.Entry{
		{Kind: journal.KindMaster},
		{Kind: journal.KindChunk, Chunk: "xaa", Lines: 10},
		{Kind: journal.KindChunk, Chunk: "xab", Lines: 9},
		{Kind: journal.KindDealt, Targets: 19},
		{Kind: journal.KindStarted, Chunk: "xaa", Worker: "scan1"},
		{Kind: journal.KindStarted, Chunk: "xab", Worker: "scan2"},
		{Kind: journal.KindLost, Chunk: "xaa", Worker: "scan1", Reason: "killed"},
		{Kind: journal.KindStarted, Chunk: "xaa", Worker: "scan2"},
		{Kind: journal.KindDone, Chunk: "xab"},
		{Kind: journal.KindShrunk, Chunk: "xaa", Lines: 7, Into: []journal.Piece{{Chunk: "xac", Lines: 3}}},
		{Kind: journal.KindStarted, Chunk: "xac", Worker: "scan3"},
		{Kind: journal.KindStarted, Chunk: "xac", Worker: "scan2"},
		{Kind: journal.KindDone, Chunk: "xac"},
		{Kind: journal.KindLost, Chunk: "xac", Reason: "nobody has it"},
		{Kind: journal.KindFinished},
	} {
		e.At = at(second)
		s.add(e)
	}
	want := []Span{
		{Chunk: "xaa", Worker: "scan1", Lines: 10, From: at(4), To: at(6), Lost: "killed"},
		{Chunk: "xab", Worker: "scan2", Lines: 9, From: at(5), To: at(8), Done: true},
		{Chunk: "xaa", Worker: "scan2", Lines: 10, From: at(7), To: at(14), Again: true, Cuts: []time.Time{at(9)}},
		{Chunk: "xac", Worker: "scan3", Lines: 3, From: at(10), To: at(11), Lost: "another one was started on its chunk"},
		{Chunk: "xac", Worker: "scan2", Lines: 3, From: at(11), To: at(12), Done: true, Again: true},
	}
	if diff := cmp.Diff(want, s.all); diff != "" {
		t.Error(diff)
	}
}
