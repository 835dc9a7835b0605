package worker

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/result"
)

func TestTheReasonCountsBeforeTheClass(t *testing.T) {
	retry := map[string]int{"nossh": 2, "nosshd": 3, "timeout": 1, "refused": 4, "local": 0}
	for name, c := range map[string]struct {
		came verdict
		sent bool
		want int
	}{
		"by class":                 {verdict{class: result.NoSSH, reason: result.ReasonLost}, false, 2},
		"by reason":                {verdict{class: result.NoSSH, reason: result.ReasonTimeout}, false, 1},
		"by reason, of more":       {verdict{class: result.NoSSHD, reason: result.ReasonRefused}, false, 4},
		"of another class":         {verdict{class: result.NoPing, reason: result.ReasonNoEcho}, false, 0},
		"by reason, any class":     {verdict{class: result.NoPing, reason: result.ReasonTimeout}, false, 1},
		"a refused key":            {verdict{class: result.NoSSH, reason: result.ReasonAuth}, false, 0},
		"another host key":         {verdict{class: result.NoSSH, reason: result.ReasonHostKey}, false, 0},
		"no target":                {verdict{class: result.NoSSH, reason: result.ReasonInvalid}, false, 0},
		"no command":               {verdict{class: result.NoSSH, reason: result.ReasonDenied}, false, 0},
		"after the script is sent": {verdict{class: result.NoSSH, reason: result.ReasonTimeout}, true, 0},
		"dropped":                  {verdict{class: result.NoPing, reason: result.ReasonLost, drop: new(remote.DropError)}, false, 3},
		"dropped, by class":        {verdict{class: result.NoSSH, reason: result.ReasonLost, drop: new(remote.DropError)}, false, 2},
		"dropped, and not to be":   {verdict{class: result.NoSSHD, reason: result.ReasonLocal, drop: new(remote.DropError)}, false, 0},
		"a success":                {verdict{class: result.OK}, true, 0},
	} {
		if got := worth(retry, c.came, c.sent); got != c.want {
			t.Errorf("%s: worth %d more, want %d", name, got, c.want)
		}
	}
}

// TestBothRoomsKnowWhatIsTriedAgain holds job's words and result's together.
func TestBothRoomsKnowWhatIsTriedAgain(t *testing.T) {
	all := []string{string(result.NoPing), string(result.NoSSHD), string(result.NoSSH)}
	for _, reason := range []result.Reason{
		result.ReasonResolve, result.ReasonUnreachable, result.ReasonNoEcho, result.ReasonRefused, result.ReasonTimeout,
		result.ReasonNotSSH, result.ReasonProtocol, result.ReasonLost, result.ReasonLocal,
	} {
		all = append(all, string(reason))
	}
	if !slices.Equal(all, job.RetryKeys) {
		t.Errorf("got %q, want %q", all, job.RetryKeys)
	}
	for reason := range hopeless {
		if slices.Contains(job.RetryKeys, string(reason)) {
			t.Errorf("%s may be asked for, and is never done", reason)
		}
	}
}

// flaky are targets that may fail at first, each with what comes of it in the
// end, how many tries that takes where it is more than one, and how often the
// script runs.
var flaky = map[string]struct {
	behaviour fleet.Behaviour
	class     result.Class
	reason    result.Reason
	tries     int
	executed  int64
}{
	"once":    {fleet.Behaviour{Kind: fleet.Canned, First: []fleet.Kind{fleet.ClosesAtOnce}}, result.OK, "", 2, 1},
	"web":     {fleet.Behaviour{Kind: fleet.Canned, First: []fleet.Kind{fleet.Rubbish}}, result.OK, "", 2, 1},
	"fine":    {fleet.Behaviour{Kind: fleet.Canned}, result.OK, "", 0, 1},
	"fails":   {fleet.Behaviour{Kind: fleet.Canned, Status: 7}, result.Exit, "", 0, 1},
	"always":  {fleet.Behaviour{Kind: fleet.ClosesAtOnce}, result.NoSSHD, result.ReasonLost, 3, 0},
	"locked":  {fleet.Behaviour{Kind: fleet.RefusesKeys}, result.NoSSH, result.ReasonAuth, 0, 0},
	"denies":  {fleet.Behaviour{Kind: fleet.Denies}, result.NoSSH, result.ReasonDenied, 0, 0},
	"cut":     {fleet.Behaviour{Kind: fleet.CutsLine}, result.NoSSH, result.ReasonLost, 0, 1},
	"silent":  {fleet.Behaviour{Kind: fleet.NoStatus}, result.NoSSH, result.ReasonLost, 0, 1},
	"killed":  {fleet.Behaviour{Kind: fleet.Signals}, result.NoSSH, result.ReasonSignal, 0, 1},
	"ssh255":  {fleet.Behaviour{Kind: fleet.Canned, Status: 255}, result.NoSSH, result.ReasonStatus, 0, 1},
	"then255": {fleet.Behaviour{Kind: fleet.CutsLine, First: []fleet.Kind{fleet.ClosesAtOnce}}, result.NoSSH, result.ReasonLost, 2, 1},
}

func TestWhoFailedBeforeTheScriptWasSentIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.lines = append(s.lines, "-oProxyCommand=x")
	for name, f := range flaky {
		s.add(t, name, f.behaviour)
	}
	s.Args.Jobs = 1
	s.staged(t)
	s.Job.Retry = map[string]int{"nossh": 3, "nosshd": 3, "lost": 2}
	s.work(t)
	outcomes := s.outcomes(t)
	for name, want := range flaky {
		o := outcomes[name]
		if o.Class != want.class || o.Reason != want.reason || o.Tries != want.tries {
			t.Errorf("%s: got %s %s after %d tries (%s), want %+v", name, o.Class, o.Reason, o.Tries, o.Detail, want)
		}
	}
	for _, line := range s.lines {
		name, at, _ := strings.Cut(line, " ")
		addr := s.parse(t, at)
		if n, want := s.fleet.Executions(addr), flaky[name].executed; n != want {
			t.Errorf("%s: the script ran %d times, want %d", name, n, want)
		}
		if n, want := s.fleet.Connections(addr), max(1, flaky[name].tries); at != "" && n != int64(want) {
			t.Errorf("%s: %d connections, want %d", name, n, want)
		}
	}
	if got, want := s.results(t, "hosts_checked"), sortedLines(strings.Join(s.lines, "\n")+"\n"); !slices.Equal(got, want) {
		t.Errorf("hosts_checked holds %q\nwant %q", got, want)
	}
	if n := strings.Count(read(t, filepath.Join(s.folder(), job.Record)), `"k":"a"`); n != 10 {
		t.Errorf("%d attempts are in the record, want one for each that was let in", n)
	}
}

// TestMoreThanMayWaitAreTriedAgain has all targets of a list fail that is longer
// than what may wait.
func TestMoreThanMayWaitAreTriedAgain(t *testing.T) {
	t.Parallel()
	const targets = maxWaiting + 1000
	s := newScene(t)
	port, err := s.fleet.Any(0, func(netip.Addr) fleet.Behaviour { return fleet.Behaviour{Kind: fleet.ClosesAtOnce} })
	if err != nil {
		t.Fatal(err)
	}
	for i := range targets {
		s.lines = append(s.lines, fmt.Sprintf("host%d 127.4.%d.%d", i, i/250, i%250))
	}
	s.Targets.Port, s.Args.Jobs = int(port), 50
	s.staged(t)
	s.Job.Retry = map[string]int{"lost": 1}
	if mark := s.work(t); mark.Counts["nosshd"] != targets {
		t.Errorf("counted %v", mark.Counts)
	}
	for host, o := range s.outcomes(t) {
		if o.Tries != 2 {
			t.Errorf("%s was tried %d times", host, o.Tries)
		}
	}
	if got := s.results(t, "hosts_checked"); len(got) != targets {
		t.Errorf("hosts_checked has %d lines", len(got))
	}
}

// TestUnderAClassicMasterOnlyTheDroppedAreTriedAgain: it has no word for retry.
func TestUnderAClassicMasterOnlyTheDroppedAreTriedAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	web := s.add(t, "web", fleet.Behaviour{Kind: fleet.Rubbish})
	full := s.add(t, "full", fleet.Behaviour{Kind: fleet.Canned, First: []fleet.Kind{fleet.ClosesAtOnce}})
	s.deal(t)
	if mark := s.work(t); mark.Counts["ok"] != 1 || mark.Counts["nosshd"] != 1 {
		t.Errorf("counted %v", mark.Counts)
	}
	if n, m := s.fleet.Connections(web), s.fleet.Connections(full); n != 1 || m != 2 {
		t.Errorf("%d and %d connections", n, m)
	}
}
