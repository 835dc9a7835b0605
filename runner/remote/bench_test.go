package remote_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// BenchmarkCommand is what one target costs, both ends in this process: TCP,
// handshake, a script from memory and its answer; in the library's order, and
// without its hybrid of two key exchanges, one of them post-quantum.
func BenchmarkCommand(b *testing.B) {
	b.Run("default", func(b *testing.B) { benchmarkCommand(b, ssh.Algorithms{}) })
	b.Run("curve25519", func(b *testing.B) {
		benchmarkCommand(b, ssh.Algorithms{KeyExchanges: []string{ssh.KeyExchangeCurve25519}})
	})
}

func benchmarkCommand(b *testing.B, algorithms ssh.Algorithms) {
	b.Helper()
	f, key := newFleet(b, fleet.Config{})
	addr := add(b, f, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("fine\n")}).String()
	how := loginBy(key)
	how.Algorithms = algorithms
	b.ReportAllocs()
	began := processorTime(b)
	defer func() { b.ReportMetric(float64((processorTime(b)-began).Microseconds())/float64(b.N), "cpu-µs/op") }()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			conn, err := reach(b, addr).Login(context.Background(), how)
			if err != nil {
				b.Error(err)
				return
			}
			exit, err := conn.Run(context.Background(), remote.Command{
				Line: "bash -s", Stdin: strings.NewReader("echo fine\n"), Timeout: patience,
			})
			if err != nil || exit.Status != 0 {
				b.Errorf("%+v: %v", exit, err)
			}
			_ = conn.Close()
		}
	})
}

// processorTime is what this process has used of it.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkCommandOnAnOpenConnection is the same without connecting.
func BenchmarkCommandOnAnOpenConnection(b *testing.B) {
	f, key := newFleet(b, fleet.Config{})
	conn := logIn(b, add(b, f, fleet.Behaviour{Kind: fleet.Canned}).String(), loginBy(key))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Run(context.Background(), remote.Command{Line: "bash -s"}); err != nil {
			b.Fatal(err)
		}
	}
}
