package past_test

import (
	"errors"
	"testing"

	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

func TestWordsTakeWhatTheyName(t *testing.T) {
	target := func(o result.Outcome) past.Target { return past.Target{Outcome: o} }
	mute := target(result.Outcome{Class: result.NoSSH, Reason: result.ReasonTimeout, Phase: result.PhaseConnect})
	stuck := target(result.Outcome{Class: result.NoSSH, Reason: result.ReasonIdle, Phase: result.PhaseRun})
	for _, c := range []struct {
		word string
		of   past.Target
		want bool
	}{
		{"ok", target(result.Outcome{Class: result.OK}), true},
		{"exit", target(result.Outcome{Class: result.Exit, Status: 3}), true},
		{"failed", target(result.Outcome{Class: result.Exit, Status: 3}), true},
		{"exit_3", target(result.Outcome{Class: result.Exit, Status: 3}), true},
		{"exit_2", target(result.Outcome{Class: result.Exit, Status: 3}), false},
		{"failed", mute, false},
		{"nossh", mute, true},
		{"timeout", mute, true},
		{"connect-timeout", mute, true},
		{"run-timeout", mute, false},
		{"timeout", stuck, false},
		{"idle", stuck, true},
		{"unreachable", stuck, true},
		{"unreachable", target(result.Outcome{Class: result.NoPing, Reason: result.ReasonUnreachable}), true},
		{"unreachable", target(result.Outcome{Class: result.Unknown, Reason: result.ReasonLost}), false},
		{"lost", target(result.Outcome{Class: result.Unknown, Reason: result.ReasonLost}), true},
		{"missing", past.Target{Lack: past.LackGone}, true},
		{"gone", past.Target{Lack: past.LackGone}, true},
		{"untried", past.Target{Lack: past.LackGone}, false},
		{"ok", past.Target{Lack: past.LackGone}, false},
	} {
		s, err := past.Select([]string{c.word})
		if err != nil || s.Takes(c.of) != c.want {
			t.Errorf("%s of %s/%s: %v, %v", c.word, c.of.Key(), c.of.Reason(), !c.want, err)
		}
	}
	var all past.Selection
	if !all.Takes(mute) {
		t.Error("none given takes all")
	}
	unknown := new(past.UnknownWordError)
	if _, err := past.Select([]string{"ok", "nosh"}); !errors.As(err, &unknown) || unknown.Word != "nosh" {
		t.Error(err)
	}
	for _, word := range past.Words() {
		if _, err := past.Select([]string{word}); err != nil {
			t.Error(err)
		}
	}
}
