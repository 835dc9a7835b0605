package worker

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/result"
)

// user types what is asked for.
type user struct {
	mu      sync.Mutex
	types   []string
	prompts []string
}

func (u *user) ask(prompt string) (string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.prompts = append(u.prompts, prompt)
	if len(u.types) == 0 {
		return "", errors.New("the user has left")
	}
	typed := u.types[0]
	u.types = u.types[1:]
	return typed, nil
}

// attended has a user sit at the worker's terminal.
func (s *scene) attended(auth string, types ...string) *user {
	u := &user{types: types}
	s.Ask, s.Args.Auth, s.Args.Attended = u.ask, auth, true
	return u
}

// behindPasswords deals out 20 targets that want one, in either way.
func (s *scene) behindPasswords(t *testing.T) {
	t.Helper()
	s.fleet.SetPassword("right")
	for i := range 20 {
		s.add(t, fmt.Sprint("web", i), fleet.Behaviour{Kind: []fleet.Kind{fleet.WantsPassword, fleet.Asks}[i%2]})
	}
	s.deal(t)
}

func TestAPasswordIsAskedForOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.fleet.SetPassword("right")
	for i := range 10 {
		s.add(t, fmt.Sprint("plain", i), fleet.Behaviour{Kind: fleet.WantsPassword})
		s.add(t, fmt.Sprint("pam", i), fleet.Behaviour{Kind: fleet.Asks})
	}
	s.add(t, "keys", fleet.Behaviour{})
	s.add(t, "code", fleet.Behaviour{Kind: fleet.AsksCode})
	s.deal(t)
	u := s.attended(authPassword, "right")
	s.work(t)
	if len(u.prompts) != 1 || u.prompts[0] != "nobody on the targets, password: " {
		t.Errorf("%q", u.prompts)
	}
	if sent := s.fleet.Passwords(); len(sent) != 20 || slices.ContainsFunc(sent, func(p string) bool { return p != "right" }) {
		t.Errorf("sent %q", sent)
	}
	if ok := s.results(t, "hosts_ok"); len(ok) != 20 {
		t.Errorf("%q", ok)
	}
	bad := s.results(t, "hosts_nossh")
	if len(bad) != 2 || !strings.HasPrefix(bad[0], "code ") || !strings.HasPrefix(bad[1], "keys ") {
		t.Errorf("%q", bad)
	}
	if o := s.outcomes(t)["code"]; o.Reason != result.ReasonAuth || !strings.Contains(o.Detail, "more than a password") {
		t.Errorf("%+v", o)
	}
}

func TestKeysGoBeforeThePassword(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.fleet.SetPassword("right")
	for i := range 8 {
		s.add(t, fmt.Sprint("keys", i), fleet.Behaviour{})
		s.add(t, fmt.Sprint("plain", i), fleet.Behaviour{Kind: fleet.WantsPassword})
	}
	s.deal(t)
	s.attended(authAll, "right")
	s.work(t)
	if sent := s.fleet.Passwords(); len(sent) != 8 {
		t.Errorf("sent %q", sent)
	}
	if ok := s.results(t, "hosts_ok"); len(ok) != 16 {
		t.Errorf("%q", ok)
	}
}

// TestAMistypedPasswordIsAskedForAgain has many targets at a time, of which but one
// sees the wrong one.
func TestAMistypedPasswordIsAskedForAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.behindPasswords(t)
	u := s.attended(authPassword, "wrong", "right")
	s.Args.Jobs = 20
	s.work(t)
	sent := s.fleet.Passwords()
	if len(sent) != 21 || sent[0] != "wrong" || slices.Contains(sent[1:], "wrong") {
		t.Errorf("sent %q", sent)
	}
	if len(u.prompts) != 2 || !strings.HasSuffix(u.prompts[1], " refused it; nobody on the targets, password: ") {
		t.Errorf("%q", u.prompts)
	}
	if ok := s.results(t, "hosts_ok"); len(ok) != 20 {
		t.Errorf("%q", ok)
	}
}

// TestAWrongPasswordIsNotTriedEverywhere sees each target's account once more than
// the password is wrong.
func TestAWrongPasswordIsNotTriedEverywhere(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.behindPasswords(t)
	s.attended(authPassword, "wrong", "wrong too")
	s.Args.Jobs = 20
	_, err := Run(t.Context(), s.Config)
	if err == nil || !strings.Contains(err.Error(), "the password of nobody was refused by web") || !strings.Contains(err.Error(), "no other target is tried") {
		t.Errorf("%v", err)
	}
	if sent := s.fleet.Passwords(); !slices.Equal(sent, []string{"wrong", "wrong too", "wrong too", "wrong too"}) {
		t.Errorf("sent %q", sent)
	}
	if bad := s.results(t, "hosts_nossh"); len(bad) != 2 {
		t.Errorf("%q", bad)
	}
}

func TestWithoutAUserThereIsNoPassword(t *testing.T) {
	t.Parallel()
	for _, auth := range []string{authPassword, authAll} {
		s := newScene(t)
		s.add(t, "web", fleet.Behaviour{})
		s.deal(t)
		s.Args.Auth = auth
		s.wantFailure(t, "-A "+auth+" needs somebody at a terminal who types the password")
		u := s.attended(auth, "")
		s.wantFailure(t, "password of nobody: it is empty")
		u.types = nil
		s.wantFailure(t, "password of nobody: the user has left")
	}
}
