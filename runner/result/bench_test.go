package result

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

func benchOutcome(line int64) Outcome {
	o := fine(line, "host12345.example.com")
	o.ConnectMS, o.AuthMS, o.RunMS, o.Stdout = 3, 12, 40, 57
	o.File, o.Offset, o.Length, o.Sum = "hosts_ok", line*90, 90, 1<<31
	return o
}

func BenchmarkEncodeOutcome(b *testing.B) {
	o := benchOutcome(123456)
	b.ReportAllocs()
	for b.Loop() {
		buf := getLine()
		if _, err := buf.outcome(o); err != nil {
			b.Fatal(err)
		}
		buf.free()
	}
}

// BenchmarkAudit counts a record of 10,000 targets back.
func BenchmarkAudit(b *testing.B) {
	const targets = 10_000
	var record bytes.Buffer
	record.Write(encoded(b, Header{Format: Format})[0])
	for line := int64(1); line <= targets; line++ {
		o := benchOutcome(line)
		o.Offset = (line - 1) * o.Length
		for _, l := range encoded(b, Attempt{line, o.Host}, o) {
			record.Write(l)
		}
		if line%1000 == 0 {
			record.Write(encoded(b, Synced{Bytes: int64(record.Len())})[0])
		}
	}
	b.SetBytes(int64(record.Len()))
	b.ReportAllocs()
	for b.Loop() {
		a, err := Audit(bytes.NewReader(record.Bytes()), targets)
		if err != nil || a.Missing != 0 {
			b.Fatal(a.Missing, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/targets, "ns/target")
}

// BenchmarkLedger is all that a target costs here: checked, tried, done.
func BenchmarkLedger(b *testing.B) {
	l := create(b, b.TempDir())
	defer l.Close()
	output := strings.Repeat("a line of output\n", 4)
	var line int64
	b.ReportAllocs()
	for b.Loop() {
		line++
		t := target(line, fmt.Sprintf("host%d.example.com", line))
		if err := l.Checked(t); err != nil {
			b.Fatal(err)
		}
		if err := l.Attempt(t); err != nil {
			b.Fatal(err)
		}
		if _, err := l.Outcome(fine(line, t.Host), t, strings.NewReader(output)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOutput keeps a mebibyte of one target's output.
func BenchmarkOutput(b *testing.B) {
	l := create(b, b.TempDir())
	defer l.Close()
	output := strings.Repeat("a line of output, neither short nor very long\n", 1<<20/46)
	b.SetBytes(int64(len(output)))
	b.ReportAllocs()
	var line int64
	for b.Loop() {
		line++
		t := target(line, "web1")
		if _, err := l.Outcome(fine(line, t.Host), t, strings.NewReader(output)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAttemptSynced has so many targets in hand as a worker has; each
// waits for the disk.
func BenchmarkAttemptSynced(b *testing.B) {
	for _, jobs := range []int{1, 175} {
		b.Run(fmt.Sprintf("%d jobs", jobs), func(b *testing.B) {
			l := create(b, b.TempDir())
			defer l.Close()
			var line atomic.Int64
			b.SetParallelism(max(1, jobs/runtime.GOMAXPROCS(0)))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					t := target(line.Add(1), "web1")
					if err := l.AttemptSynced(t); err != nil {
						b.Error(err)
					}
					if _, err := l.Outcome(fine(t.Line, t.Host), t, nil); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
