package remote_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// untilTold is a script that ends when it is told to, and says so.
const untilTold = `trap 'echo bye; exit 9' TERM
echo up
while :; do sleep 0.02; done
`

func TestACommandIsAskedToEndBeforeTheLineIsCut(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	for name, c := range map[string]struct {
		line string
		exit remote.Exit
	}{
		"of the login shell":    {"", remote.Exit{Status: 9}},
		"that execs":            {"exec sh -s", remote.Exit{Status: 9}},
		"of a shell of a shell": {"sh -s; :", remote.Exit{Status: -1, Signal: "TERM"}}, // the outer is told, too
	} {
		t.Run(name, func(t *testing.T) {
			conn := logIn(t, add(t, f, fleet.Behaviour{}).String(), loginBy(key))
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			said := &firstWrite{seen: cancel}
			exit, err := conn.Run(ctx, remote.Command{
				Line: c.line, Stdin: strings.NewReader(untilTold), Stdout: said, Grace: patience,
			})
			wantError(t, err, remote.PhaseRun, remote.KindCancelled)
			if exit != c.exit || said.text != "up\nbye\n" {
				t.Errorf("got %+v, and it said %q", exit, said.text)
			}
			_, err = conn.Run(context.Background(), remote.Command{Line: "true"})
			wantError(t, err, remote.PhaseRun, remote.KindLost)
		})
	}
}

func TestTheBackgroundIsToldToEndToo(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	conn := logIn(t, add(t, f, fleet.Behaviour{}).String(), loginBy(key))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// The output ends when nobody holds it any more: without the sleep's end
	// the grace would be waited for, which the test's own is shorter than.
	exit, err := conn.Run(ctx, remote.Command{
		Line: "sh -s", Stdin: strings.NewReader("sleep 100000 & echo up\nwait\n"),
		Stdout: &firstWrite{seen: cancel}, Grace: time.Hour,
	})
	wantError(t, err, remote.PhaseRun, remote.KindCancelled)
	if exit.Signal != "TERM" {
		t.Errorf("got %+v", exit)
	}
}

func TestWhoDoesNotEndWithinTheGraceIsCutOff(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	deaf := "trap '' TERM; echo up; while :; do sleep 1; done"
	for name, c := range map[string]struct {
		server fleet.Behaviour
		cmd    remote.Command
		kind   remote.Kind
	}{
		"a script that ignores it":    {fleet.Behaviour{}, remote.Command{Line: deaf, Timeout: soon}, remote.KindTimeout},
		"a server that ignores it":    {fleet.Behaviour{Kind: fleet.NeverEnds}, remote.Command{Timeout: soon}, remote.KindTimeout},
		"a server that reads no more": {fleet.Behaviour{Kind: fleet.NeverReads}, remote.Command{Stdin: large(), Timeout: soon}, remote.KindTimeout},
		"a silent script":             {fleet.Behaviour{}, remote.Command{Line: deaf, Idle: soon, Timeout: patience}, remote.KindIdle},
		"a silent server":             {fleet.Behaviour{Kind: fleet.NeverEnds}, remote.Command{Idle: soon, Timeout: patience}, remote.KindIdle},
	} {
		t.Run(name, func(t *testing.T) {
			conn := logIn(t, add(t, f, c.server).String(), loginBy(key))
			c.cmd.Grace = soon
			exit, err := conn.Run(context.Background(), c.cmd)
			wantError(t, err, remote.PhaseRun, c.kind)
			if exit.Status != -1 {
				t.Errorf("got %+v", exit)
			}
		})
	}
}

func TestALineThatIsLostInTheGraceEndsIt(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	conn := logIn(t, add(t, f, fleet.Behaviour{}).String(), loginBy(key))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err := conn.Run(ctx, remote.Command{
		Line: "trap 'echo told' TERM; echo up; while :; do sleep 0.02; done", Grace: time.Hour,
		Stdout: writes(func(text string) {
			if strings.HasSuffix(text, "told\n") {
				_ = f.Close()
			}
			cancel()
		}),
	})
	wantError(t, err, remote.PhaseRun, remote.KindCancelled)
}

// writes hears what is written.
type writes func(string)

func (w writes) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}
