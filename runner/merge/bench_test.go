package merge

import (
	"fmt"
	"strings"
	"testing"

	"scanmaster/runner/result"
)

func BenchmarkMerge(b *testing.B) {
	const targets = 10_000
	s := newScan(b)
	var input strings.Builder
	came := make([]come, targets)
	for i := range came {
		fmt.Fprintf(&input, "host%d.example.com\n", i)
		came[i] = come{class: result.OK, output: "a line of output\nand another\n"}
	}
	s.work(s.chunk("xaa", input.String()), came...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Merge(b.Context(), s.prefix, minute, s.chunks); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/targets, "ns/target")
}
