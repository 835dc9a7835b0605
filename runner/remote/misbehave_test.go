package remote_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

func TestCommandsThatFailTellWhy(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	partial := []byte("partial")
	cases := map[string]struct {
		server fleet.Behaviour
		quick  bool
		kind   remote.Kind
		out    string
	}{
		"never ends":             {fleet.Behaviour{Kind: fleet.NeverEnds}, true, remote.KindTimeout, ""},
		"never reads":            {fleet.Behaviour{Kind: fleet.NeverReads}, true, remote.KindTimeout, ""},
		"cuts the line":          {fleet.Behaviour{Kind: fleet.CutsLine, Stdout: partial}, false, remote.KindLost, "partial"},
		"ends without a status":  {fleet.Behaviour{Kind: fleet.NoStatus, Stdout: partial}, false, remote.KindLost, "partial"},
		"starts no command here": {fleet.Behaviour{Kind: fleet.Denies}, false, remote.KindDenied, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			conn := logIn(t, add(t, f, c.server).String(), loginBy(key))
			var out bytes.Buffer
			cmd := remote.Command{Line: "bash -s", Stdin: large(), Stdout: &out, Timeout: patience}
			if c.quick {
				cmd.Timeout = soon
			}
			exit, err := conn.Run(context.Background(), cmd)
			wantError(t, err, remote.PhaseRun, c.kind)
			if exit.Status != -1 || out.String() != c.out {
				t.Errorf("got %+v and %q", exit, out.String())
			}
		})
	}
}

func TestCommandsOfOddServersSucceed(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	some := []byte("some output")
	cases := map[string]struct {
		server fleet.Behaviour
		want   remote.Exit
	}{
		"exits before it reads":        {fleet.Behaviour{Kind: fleet.ExitsEarly, Stdout: some}, remote.Exit{}},
		"never closes the channel":     {fleet.Behaviour{Kind: fleet.NoClose, Stdout: some, Status: 1}, remote.Exit{Status: 1}},
		"asks for a lot of its own":    {fleet.Behaviour{Kind: fleet.Chatters, Stdout: some, Status: 2}, remote.Exit{Status: 2}},
		"a status beyond what fits it": {fleet.Behaviour{Kind: fleet.Canned, Stdout: some, Status: 1 << 20}, remote.Exit{Status: 1 << 20}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			conn := logIn(t, add(t, f, c.server).String(), loginBy(key))
			var out bytes.Buffer
			exit, err := conn.Run(context.Background(), remote.Command{Stdin: large(), Stdout: &out, Timeout: patience})
			if err != nil || exit != c.want || out.String() != string(some) {
				t.Errorf("got %+v, %q and %v", exit, out.String(), err)
			}
		})
	}
}

func TestDeathBySignalIsNoStatus(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	conn := logIn(t, add(t, f, fleet.Behaviour{Kind: fleet.Signals, Signal: "SEGV"}).String(), loginBy(key))
	exit, err := conn.Run(context.Background(), remote.Command{})
	if want := (remote.Exit{Status: -1, Signal: "SEGV"}); err != nil || exit != want {
		t.Errorf("got %+v and %v, want %+v", exit, err, want)
	}
}

func TestAWriterThatFailsEndsTheCommand(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{}).String()
	full := errors.New("disk full")
	cases := map[string]struct {
		line string
		cmd  remote.Command
		want error
	}{
		"stdout": {"yes", remote.Command{Stdout: failing{full}}, full},
		"stderr": {"yes >&2", remote.Command{Stderr: failing{full}}, full},
		"short":  {"yes", remote.Command{Stdout: failing{}}, io.ErrShortWrite},
		"stdin":  {"cat", remote.Command{Stdin: io.MultiReader(strings.NewReader("half"), iotest.ErrReader(full))}, full},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.cmd.Line, c.cmd.Timeout = c.line, patience
			_, err := logIn(t, addr, loginBy(key)).Run(context.Background(), c.cmd)
			wantError(t, err, remote.PhaseRun, remote.KindLocal)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// failing takes nothing.
type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }

func TestOutputWithoutEndIsEndedAndNotHeld(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	conn := logIn(t, add(t, f, fleet.Behaviour{}).String(), loginBy(key))
	_, err := conn.Run(context.Background(), remote.Command{Line: "yes", Timeout: soon})
	wantError(t, err, remote.PhaseRun, remote.KindTimeout)
}

func TestAStatusIsToldThoughOutputIsHeldOpen(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	conn := logIn(t, add(t, f, fleet.Behaviour{}).String(), loginBy(key))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	exit, err := conn.Run(ctx, remote.Command{
		Line:   "(sleep 0.3; echo left behind; sleep 1000) & exit 7",
		Stdout: &firstWrite{seen: cancel},
	})
	wantError(t, err, remote.PhaseRun, remote.KindCancelled)
	if exit.Status != 7 {
		t.Errorf("got %+v, want status 7", exit)
	}
}

func TestCommandsShareAConnection(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	addr := add(t, f, fleet.Behaviour{})
	conn := logIn(t, addr.String(), loginBy(key))
	failed := make(chan error)
	for n := range 8 {
		go func() {
			exit, err := conn.Run(context.Background(), remote.Command{Stdin: strings.NewReader("exit " + string(rune('0'+n)))})
			if err == nil && exit.Status != n {
				err = errors.New("the status of another command")
			}
			failed <- err
		}()
	}
	for range 8 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if n := f.Executions(addr); n != 8 {
		t.Errorf("%d executions, want 8", n)
	}
}

func TestNothingRunsOnAClosedConnection(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	conn := logIn(t, add(t, f, fleet.Behaviour{}).String(), loginBy(key))
	if err := errors.Join(conn.Close(), conn.Close()); err != nil {
		t.Error(err)
	}
	_, err := conn.Run(context.Background(), remote.Command{Line: "true"})
	wantError(t, err, remote.PhaseRun, remote.KindLost)
}
