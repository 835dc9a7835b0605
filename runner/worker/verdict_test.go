package worker

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"scanmaster/runner/remote"
	"scanmaster/runner/result"
	"scanmaster/runner/worker/ping"
)

var errTest = errors.New("why")

func TestEveryEndHasItsVerdict(t *testing.T) {
	late := &remote.Error{Phase: remote.PhaseRun, Kind: remote.KindTimeout, Err: errTest}
	denied := fmt.Errorf("wrapped: %w", &remote.Error{Phase: remote.PhaseAuth, Kind: remote.KindAuth, Err: errTest})
	drop := &remote.DropError{Err: errTest}
	for name, c := range map[string]struct{ got, want verdict }{
		"a bad line":          {invalid(errTest), verdict{result.NoSSH, result.PhaseResolve, result.ReasonInvalid, 0, "", "why", nil}},
		"no address":          {unresolved(errTest), verdict{result.NoPing, result.PhaseResolve, result.ReasonResolve, 0, "", "why", nil}},
		"an empty answer":     {unresolved(nil), verdict{result.NoPing, result.PhaseResolve, result.ReasonResolve, 0, "", "", nil}},
		"no echo":             {unpinged(fmt.Errorf("%w", ping.ErrNoEcho)), verdict{result.NoPing, result.PhasePing, result.ReasonNoEcho, 0, "", "", nil}},
		"no route":            {unpinged(syscall.ENETUNREACH), verdict{result.NoPing, result.PhasePing, result.ReasonUnreachable, 0, "", "network is unreachable", nil}},
		"no banner":           {unreached(late, true), verdict{result.NoSSHD, result.PhaseRun, result.ReasonTimeout, 0, "", "why", nil}},
		"no banner, by -S":    {unreached(late, false), verdict{result.NoSSH, result.PhaseRun, result.ReasonTimeout, 0, "", "why", nil}},
		"dropped":             {unreached(&remote.Error{Phase: remote.PhaseBanner, Kind: remote.KindLost, Err: drop}, true), verdict{result.NoSSHD, result.PhaseBanner, result.ReasonLost, 0, "", "dropped before the SSH banner: why", drop}},
		"not let in":          {notIn(denied), verdict{result.NoSSH, result.PhaseAuth, result.ReasonAuth, 0, "", "why", nil}},
		"an unknown error":    {notIn(errTest), verdict{result.NoSSH, result.PhaseRun, result.ReasonLocal, 0, "", "why", nil}},
		"ok":                  {ended(remote.Exit{}, nil), verdict{result.OK, result.PhaseRun, "", 0, "", "", nil}},
		"status 1":            {ended(remote.Exit{Status: 1}, nil), verdict{result.Exit, result.PhaseRun, "", 1, "", "", nil}},
		"status 254":          {ended(remote.Exit{Status: 254}, nil), verdict{result.Exit, result.PhaseRun, "", 254, "", "", nil}},
		"status 255":          {ended(remote.Exit{Status: 255}, nil), verdict{result.NoSSH, result.PhaseRun, result.ReasonStatus, 255, "", "", nil}},
		"killed":              {ended(remote.Exit{Status: -1, Signal: "HUP"}, nil), verdict{result.NoSSH, result.PhaseRun, result.ReasonSignal, 0, "HUP", "", nil}},
		"no status":           {ended(remote.Exit{Status: -1}, nil), verdict{result.NoSSH, result.PhaseRun, result.ReasonLost, 0, "", "", nil}},
		"late, with a status": {ended(remote.Exit{Status: 3}, late), verdict{result.NoSSH, result.PhaseRun, result.ReasonTimeout, 3, "", "why", nil}},
		"late, without one":   {ended(remote.Exit{Status: -1}, late), verdict{result.NoSSH, result.PhaseRun, result.ReasonTimeout, 0, "", "why", nil}},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, c.got, c.want)
		}
	}
}

// TestBothRoomsHaveTheSameWords keeps the conversion of kinds and phases honest.
func TestBothRoomsHaveTheSameWords(t *testing.T) {
	kinds := map[remote.Kind]result.Reason{
		remote.KindResolve: result.ReasonResolve, remote.KindUnreachable: result.ReasonUnreachable,
		remote.KindRefused: result.ReasonRefused, remote.KindTimeout: result.ReasonTimeout,
		remote.KindNotSSH: result.ReasonNotSSH, remote.KindProtocol: result.ReasonProtocol,
		remote.KindHostKey: result.ReasonHostKey, remote.KindAuth: result.ReasonAuth,
		remote.KindIdle:   result.ReasonIdle,
		remote.KindDenied: result.ReasonDenied, remote.KindLost: result.ReasonLost, remote.KindLocal: result.ReasonLocal,
	}
	for kind, reason := range kinds {
		if string(kind) != string(reason) {
			t.Errorf("%q and %q", kind, reason)
		}
	}
	phases := map[remote.Phase]result.Phase{
		remote.PhaseResolve: result.PhaseResolve, remote.PhaseConnect: result.PhaseConnect,
		remote.PhaseBanner: result.PhaseBanner, remote.PhaseAuth: result.PhaseAuth, remote.PhaseRun: result.PhaseRun,
	}
	for there, here := range phases {
		if string(there) != string(here) {
			t.Errorf("%q and %q", there, here)
		}
	}
}
