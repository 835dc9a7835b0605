package chunk_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"scanmaster/runner/chunk"
)

// benchList is a list of n lines as they are in practice.
func benchList(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "web%06d.example.com 10.%d.%d.%d\n", i, i>>16&255, i>>8&255, i&255)
	}
	return b.Bytes()
}

func BenchmarkReader(b *testing.B) {
	const lines = 100_000
	list := benchList(lines)
	b.SetBytes(int64(len(list)))
	b.ReportAllocs()
	for b.Loop() {
		r := chunk.NewReader(bytes.NewReader(list))
		var err error
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
}

func BenchmarkCount(b *testing.B) {
	const lines = 100_000
	list := benchList(lines)
	x, err := chunk.ReadExclude(bytes.NewReader(benchList(1000)))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(list)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := chunk.Count(bytes.NewReader(list), chunk.Choice{Exclude: x}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
}

type discard struct{ io.Writer }

func (discard) Close() error { return nil }

func BenchmarkDeal(b *testing.B) {
	const lines = 100_000
	list, sizes := benchList(lines), chunk.Sizes(lines, 8)
	b.SetBytes(int64(len(list)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := chunk.Deal(bytes.NewReader(list), chunk.Choice{}, sizes, func(int) (io.WriteCloser, error) {
			return discard{io.Discard}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
}
