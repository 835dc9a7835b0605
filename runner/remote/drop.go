package remote

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"time"
)

// DropTries is how many more times a host is tried that drops connections before
// its SSH identification, where nothing else is said: an sshd does so by chance,
// more often the more connections nobody has logged in on (sshd_config(5),
// MaxStartups).
const DropTries = 3

// The pause before another try: it doubles from firstPause with each try up to
// longestPause, and is up to a half shorter by chance, so that what failed
// together isn't tried again together.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// Pause is that before the next try after so many; chance is 0 to 1.
func Pause(tries int, chance float64) time.Duration {
	whole := longestPause
	if tries < 6 { // 2 to the 5th is over 30
		whole = min(firstPause<<(tries-1), longestPause)
	}
	return whole - time.Duration(chance*float64(whole/2))
}

// DropError tells that a host has ended a connection before its identification,
// and has said nothing but, at the most, that there are too many. Nothing was
// sent by then.
type DropError struct {
	// At is what was connected to.
	At netip.AddrPort
	// Err is how the connection ended.
	Err error
}

// Error says so.
func (e *DropError) Error() string { return fmt.Sprintf("dropped before the SSH banner: %v", e.Err) }

// Unwrap gives how the connection ended.
func (e *DropError) Unwrap() error { return e.Err }

// Dropped gives the drop that an error tells of, or nil.
func Dropped(err error) *DropError {
	if drop := new(DropError); errors.As(err, &drop) {
		return drop
	}
	return nil
}

// farewells are what OpenSSH may say before it drops a connection, by its version.
var farewells = []string{"Exceeded MaxStartups", "Not allowed at this time"}

// dropped tells that a connection to conn was dropped, if that is what it means that
// the identification could not be read; else nil.
func dropped(conn net.Conn, g *greeting, err error) *Error {
	switch said := string(g.heard); {
	case startsWithAny(said, farewells):
		err = fmt.Errorf("it says %q", strings.TrimSpace(said[:min(len(said), maxSaid)]))
	case said != "" || !isLine(err):
		return nil
	}
	drop := &DropError{Err: err}
	if at, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		known := at.AddrPort()
		drop.At = netip.AddrPortFrom(known.Addr().Unmap(), known.Port())
	}
	return &Error{Phase: PhaseBanner, Kind: KindLost, Err: drop}
}

func startsWithAny(text string, starts []string) bool {
	for _, s := range starts {
		if strings.HasPrefix(text, s) {
			return true
		}
	}
	return false
}

// patiently dials as often as is worth it where the host drops the connection. The
// end of ctx ends a pause.
func patiently[T any](ctx context.Context, dial func() (T, error)) (T, error) {
	for tries := 1; ; tries++ {
		got, err := dial()
		if Dropped(err) == nil || tries > DropTries {
			return got, err
		}
		timer := time.NewTimer(Pause(tries, rand.Float64()))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return got, limitError(ctx, PhaseBanner)
		}
	}
}
