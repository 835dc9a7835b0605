package remote_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

func TestHostsThatCannotBeReachedTellWhy(t *testing.T) {
	f, _ := newFleet(t, fleet.Config{})
	quick := remote.ReachTimeouts{Connect: soon, Banner: soon}
	patient := remote.ReachTimeouts{Connect: patience, Banner: inAWhile}
	slow := remote.ReachTimeouts{Connect: patience, Banner: patience}
	cases := map[string]struct {
		how      fleet.Behaviour
		timeouts remote.ReachTimeouts
		phase    remote.Phase
		kind     remote.Kind
	}{
		"closed":               {fleet.Behaviour{Kind: fleet.Closed}, slow, remote.PhaseConnect, remote.KindRefused},
		"filtered":             {fleet.Behaviour{Kind: fleet.Filtered}, quick, remote.PhaseConnect, remote.KindTimeout},
		"mute":                 {fleet.Behaviour{Kind: fleet.Mute}, quick, remote.PhaseBanner, remote.KindTimeout},
		"late":                 {fleet.Behaviour{Delay: patience}, quick, remote.PhaseBanner, remote.KindTimeout},
		"dribbles":             {fleet.Behaviour{Kind: fleet.Dribbles}, quick, remote.PhaseBanner, remote.KindTimeout},
		"closes at once":       {fleet.Behaviour{Kind: fleet.ClosesAtOnce}, slow, remote.PhaseBanner, remote.KindLost},
		"rubbish":              {fleet.Behaviour{Kind: fleet.Rubbish}, slow, remote.PhaseBanner, remote.KindNotSSH},
		"babbles":              {fleet.Behaviour{Kind: fleet.Babbles}, slow, remote.PhaseBanner, remote.KindNotSSH},
		"something, then mute": {fleet.Behaviour{Kind: fleet.Mute, Preface: []byte("220 mail\r\n")}, patient, remote.PhaseBanner, remote.KindNotSSH},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := remote.Reach(context.Background(), add(t, f, c.how).String(), c.timeouts)
			wantError(t, err, c.phase, c.kind)
		})
	}
}

func TestAddressesThatAreNoneFailToResolve(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "127.0.0.1:99999", "127.0.0.1:no-such-service", "bad..name:22", "[::1:22"} {
		t.Run(address, func(t *testing.T) {
			_, err := remote.Reach(context.Background(), address, remote.ReachTimeouts{Connect: patience})
			wantError(t, err, remote.PhaseResolve, remote.KindResolve)
		})
	}
}

func TestWhatIsNotSSHIsQuoted(t *testing.T) {
	f, _ := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{Kind: fleet.ClosesAtOnce, Preface: []byte("\x1b[2J::error::oops\r\n")})
	_, err := remote.Reach(context.Background(), addr.String(), remote.ReachTimeouts{})
	not := new(remote.NotSSHError)
	if !errors.As(err, &not) || not.Said != "\x1b[2J::error::oops\r\n" {
		t.Fatalf("got %v", err)
	}
	if strings.ContainsAny(err.Error(), "\x1b\r\n") {
		t.Errorf("the message %q can drive a terminal", err)
	}
}

func TestReachEndsWithItsContext(t *testing.T) {
	f, _ := newFleet(t, fleet.Config{})
	for name, kind := range map[string]fleet.Kind{"connect": fleet.Filtered, "banner": fleet.Mute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), inAWhile)
			defer cancel()
			_, err := remote.Reach(ctx, add(t, f, fleet.Behaviour{Kind: kind}).String(), remote.ReachTimeouts{Connect: patience})
			wantError(t, err, remote.Phase(name), remote.KindCancelled)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want the context's cause", err)
			}
		})
	}
}

func TestOneConnectionServesBannerAndCommand(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{Kind: fleet.Canned, Status: 2, Delay: time.Millisecond,
		Preface: []byte("Authorized use only\r\n")})
	r := reach(t, addr.String())
	if r.Ident() != "SSH-2.0-fleet" {
		t.Errorf("ident %q", r.Ident())
	}
	if connect, banner := r.Timing(); connect <= 0 || banner <= 0 {
		t.Errorf("connected in %v, identified in %v", connect, banner)
	}
	conn, err := r.Login(context.Background(), loginBy(key))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	exit, err := conn.Run(context.Background(), remote.Command{Line: "x"})
	if err != nil || exit.Status != 2 {
		t.Errorf("got %+v and %v", exit, err)
	}
}

func TestAReachedHostCanBeLeft(t *testing.T) {
	f, _ := newFleet(t, fleet.Config{})
	if err := reach(t, add(t, f, fleet.Behaviour{}).String()).Close(); err != nil {
		t.Error(err)
	}
}
