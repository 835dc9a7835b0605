package runner

import (
	"testing"
	"time"
)

// TestALostHostIsKnownSoonAfterTheLease holds the time after which a connection
// is given up against the lease: three questions without an answer.
func TestALostHostIsKnownSoonAfterTheLease(t *testing.T) {
	for lease, want := range map[time.Duration]time.Duration{
		10 * time.Second: 2 * time.Second,
		2 * time.Minute:  15 * time.Second,
		time.Hour:        15 * time.Second,
	} {
		if got := keepAlive(lease); got != want || 4*got > lease {
			t.Errorf("under a lease of %v it is asked every %v, want %v", lease, got, want)
		}
	}
}
