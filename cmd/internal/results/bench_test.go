package results

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/past/pasttest"
	"scanmaster/runner/result"
)

// hundredThousand leaves a run of so many targets on four workers, of which one in
// fifty can't be reached, and the others say one of so many things.
func hundredThousand(b testing.TB, outputs int) *pasttest.Scan {
	b.Helper()
	const targets, workers = 100_000, 4
	s := pasttest.New(b, "audit")
	var chunks []pasttest.Chunk
	for w := range workers {
		var list strings.Builder
		for i := range targets / workers {
			fmt.Fprintf(&list, "web%06d.example.com 10.0.%d.%d\n", i*workers+w, i>>8, i&255)
		}
		n := 0
		chunks = append(chunks, pasttest.Chunk{
			Name: chunk.Names(workers)[w], Worker: fmt.Sprintf("scan%d", w+1), List: list.String(),
			Came: func(chunk.Target) (result.Outcome, io.Reader, bool) {
				o := result.Outcome{Class: result.OK, Start: time.Unix(1, 0), ConnectMS: 3, AuthMS: 12, RunMS: 40}
				if n++; n%50 == 0 {
					o.Class, o.Reason, o.Phase = result.NoSSH, result.ReasonTimeout, result.PhaseAuth
					return o, nil, true
				}
				return o, strings.NewReader(fmt.Sprintf("kernel %d\nup 4 days\n", (n*workers+w)%outputs)), true
			},
		})
	}
	s.Run(first, chunks...)
	return s
}

// BenchmarkResults100k shows a run of 100,000 targets, with few outputs and with one
// each, and says what it holds when all is folded.
func BenchmarkResults100k(b *testing.B) {
	for _, outputs := range []int{3, 100_000} {
		b.Run(fmt.Sprintf("%d outputs", outputs), func(b *testing.B) {
			s := hundredThousand(b, outputs)
			r := open(b, s, "")
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var held uint64
			b.ReportAllocs()
			for b.Loop() {
				f, err := Fold(b.Context(), r, Filter{}, nil)
				if err != nil {
					b.Fatal(err)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				held = max(held, after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc))
				if err := f.Text(b.Context(), io.Discard, View{Width: 100}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(held)/(1<<20), "MiB-held")
		})
	}
}
