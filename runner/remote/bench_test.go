package remote_test

import (
	"context"
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// BenchmarkCommand is what one target costs, both ends in this process: TCP,
// handshake, a script from memory and its answer.
func BenchmarkCommand(b *testing.B) {
	f, key := newFleet(b, fleet.Config{})
	addr := add(b, f, fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("fine\n")}).String()
	how := loginBy(key)
	b.ReportAllocs()
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
