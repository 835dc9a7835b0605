package remote_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// stubborn are host keys of which none is accepted.
type stubborn struct{ algorithms []string }

var errStubborn = errors.New("not this one")

func (s stubborn) Algorithms(string, []string) []string      { return s.algorithms }
func (stubborn) Check(string, net.Addr, ssh.PublicKey) error { return errStubborn }

func TestLoginsThatFailTellWhy(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	good := loginBy(key)
	quick, strict, foreign, noKeys, noCheck := good, good, good, good, good
	quick.Timeout = soon
	strict.HostKeys = stubborn{}
	foreign.HostKeys = stubborn{algorithms: []string{ssh.KeyAlgoECDSA256}}
	noKeys.Auth = nil
	noCheck.HostKeys = nil
	before := func(ident string, k fleet.Kind) fleet.Behaviour {
		return fleet.Behaviour{Kind: k, Preface: []byte(ident + "\r\n")}
	}
	cases := map[string]struct {
		server fleet.Behaviour
		how    remote.Login
		kind   remote.Kind
	}{
		"stops in the key exchange":      {fleet.Behaviour{Kind: fleet.StopsInKex}, quick, remote.KindTimeout},
		"stops in the authentication":    {fleet.Behaviour{Kind: fleet.StopsInAuth}, quick, remote.KindTimeout},
		"says no more":                   {before("SSH-2.0-x", fleet.Mute), quick, remote.KindTimeout},
		"hangs up":                       {before("SSH-2.0-x", fleet.ClosesAtOnce), good, remote.KindLost},
		"speaks no SSH after all":        {before("SSH-2.0-x", fleet.Babbles), good, remote.KindProtocol},
		"speaks version 1 of SSH":        {before("SSH-1.5-x", fleet.Mute), good, remote.KindProtocol},
		"talks without end":              {fleet.Behaviour{Kind: fleet.FloodsLogin}, good, remote.KindProtocol},
		"refuses the key":                {fleet.Behaviour{Kind: fleet.RefusesKeys}, good, remote.KindAuth},
		"nothing to offer":               {fleet.Behaviour{}, noKeys, remote.KindAuth},
		"its key is not accepted":        {fleet.Behaviour{}, strict, remote.KindHostKey},
		"it has no key of the kind":      {fleet.Behaviour{}, foreign, remote.KindHostKey},
		"there is nothing to judge with": {fleet.Behaviour{}, noCheck, remote.KindLocal},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := reach(t, add(t, f, c.server).String()).Login(context.Background(), c.how)
			wantError(t, err, remote.PhaseAuth, c.kind)
		})
	}
}

func TestTheWordOfTheHostKeyCheckComesThrough(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	how := loginBy(key)
	how.HostKeys = stubborn{}
	_, err := reach(t, add(t, f, fleet.Behaviour{}).String()).Login(context.Background(), how)
	if !errors.Is(err, errStubborn) {
		t.Errorf("got %v, want the check's own error", err)
	}
}

func TestLoginEndsWithItsContext(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	r := reach(t, add(t, f, fleet.Behaviour{Kind: fleet.StopsInKex}).String())
	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("enough")
	cancel(enough)
	_, err := r.Login(ctx, loginBy(key))
	wantError(t, err, remote.PhaseAuth, remote.KindCancelled)
	if !errors.Is(err, enough) {
		t.Errorf("got %v, want the cause", err)
	}
}
