package remote_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

func TestPausesDoubleUpToABound(t *testing.T) {
	for tries, want := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 5: 16 * time.Second, 6: 30 * time.Second, 10: 30 * time.Second,
	} {
		for _, c := range []struct {
			chance float64
			want   time.Duration
		}{{0, want}, {0.5, want * 3 / 4}, {1, want / 2}} {
			if got := remote.Pause(tries, c.chance); got != c.want {
				t.Errorf("after %d tries, by %g: %v, want %v", tries, c.chance, got, c.want)
			}
		}
	}
}

func TestADropIsToldFromWhatIsNotSSH(t *testing.T) {
	f, _ := newFleet(t, fleet.Config{})
	for name, c := range map[string]struct {
		preface string
		drop    bool
		says    string
	}{
		"without a word":    {"", true, "dropped before the SSH banner: EOF"},
		"too many":          {"Exceeded MaxStartups\r\n", true, `dropped before the SSH banner: it says "Exceeded MaxStartups"`},
		"of newer versions": {"Not allowed at this time\r\n", true, `it says "Not allowed at this time"`},
		"mail":              {"220 mail\r\n", false, `not SSH: it says "220 mail\r\n"`},
	} {
		at := add(t, f, fleet.Behaviour{Kind: fleet.ClosesAtOnce, Preface: []byte(c.preface)})
		_, err := remote.Reach(t.Context(), at.String(), remote.ReachTimeouts{Connect: patience, Banner: patience})
		drop := remote.Dropped(err)
		if (drop != nil) != c.drop || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, taken for a drop: %v", name, err, drop != nil)
		}
		if !c.drop {
			wantError(t, err, remote.PhaseBanner, remote.KindNotSSH)
			continue
		}
		wantError(t, err, remote.PhaseBanner, remote.KindLost)
		if drop.At != at {
			t.Errorf("%s: by %v, want %v", name, drop.At, at)
		}
	}
	if remote.Dropped(nil) != nil || remote.Dropped(io.EOF) != nil {
		t.Error("what is no drop is taken for one")
	}
}

func TestAHostThatDropsIsDialledAgain(t *testing.T) {
	t.Parallel()
	f, key := newFleet(t, fleet.Config{})
	how := remote.HostConfig{User: "root", Auth: loginBy(key).Auth, HostKeys: remote.HostKeysOff{}, Connect: patience, Handshake: patience}
	dial := func(first ...fleet.Kind) (int64, error) {
		at := add(t, f, fleet.Behaviour{First: first})
		how.Address = at.String()
		conn, err := remote.Dial(t.Context(), how)
		if err == nil {
			_ = conn.Close()
		}
		return f.Connections(at), err
	}
	if n, err := dial(fleet.ClosesAtOnce); err != nil || n != 2 {
		t.Errorf("dropped once: %d connections, %v", n, err)
	}
	if n, err := dial(fleet.Rubbish); err == nil || n != 1 {
		t.Errorf("not SSH: %d connections, %v", n, err)
	}
	if n, err := dial(fleet.RefusesKeys); err == nil || n != 1 {
		t.Errorf("not let in: %d connections, %v", n, err)
	}
}

func TestTheEndOfAContextEndsThePauses(t *testing.T) {
	t.Parallel()
	f, key := newFleet(t, fleet.Config{})
	at := add(t, f, fleet.Behaviour{Kind: fleet.ClosesAtOnce})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(inAWhile, cancel)
	_, err := remote.Dial(ctx, remote.HostConfig{Address: at.String(), User: "root", Auth: loginBy(key).Auth, HostKeys: remote.HostKeysOff{}})
	wantError(t, err, remote.PhaseBanner, remote.KindCancelled)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
