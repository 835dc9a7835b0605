package worker

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// way is one thing that may come of a target.
type way struct {
	behaviour fleet.Behaviour
	class     result.Class
	phase     result.Phase
	reason    result.Reason
	status    int
	signal    string
}

// fine are ways that come to an end by themselves.
var fine = map[string]way{
	"canned":  {fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("hi")}, result.OK, result.PhaseRun, "", 0, ""},
	"status3": {fleet.Behaviour{Kind: fleet.Canned, Status: 3}, result.Exit, result.PhaseRun, "", 3, ""},
	"last":    {fleet.Behaviour{Kind: fleet.Canned, Status: 254}, result.Exit, result.PhaseRun, "", 254, ""},
	"ssh255":  {fleet.Behaviour{Kind: fleet.Canned, Status: 255}, result.NoSSH, result.PhaseRun, result.ReasonStatus, 255, ""},
	"windows": {fleet.Behaviour{Kind: fleet.Canned, Status: 65536}, result.NoSSH, result.PhaseRun, result.ReasonStatus, 65536, ""},
	"early":   {fleet.Behaviour{Kind: fleet.ExitsEarly}, result.OK, result.PhaseRun, "", 0, ""},
	"early4":  {fleet.Behaviour{Kind: fleet.ExitsEarly, Status: 4}, result.Exit, result.PhaseRun, "", 4, ""},
	"chatty":  {fleet.Behaviour{Kind: fleet.Chatters}, result.OK, result.PhaseRun, "", 0, ""},
	"open":    {fleet.Behaviour{Kind: fleet.NoClose}, result.OK, result.PhaseRun, "", 0, ""},
	"motd":    {fleet.Behaviour{Kind: fleet.Canned, Preface: []byte("hello\r\n")}, result.OK, result.PhaseRun, "", 0, ""},
	"slow":    {fleet.Behaviour{Kind: fleet.Canned, Delay: 2 * patience}, result.OK, result.PhaseRun, "", 0, ""},
	"killed":  {fleet.Behaviour{Kind: fleet.Signals, Signal: "KILL"}, result.NoSSH, result.PhaseRun, result.ReasonSignal, 0, "KILL"},
	"cut":     {fleet.Behaviour{Kind: fleet.CutsLine}, result.NoSSH, result.PhaseRun, result.ReasonLost, 0, ""},
	"silent":  {fleet.Behaviour{Kind: fleet.NoStatus}, result.NoSSH, result.PhaseRun, result.ReasonLost, 0, ""},
	"denies":  {fleet.Behaviour{Kind: fleet.Denies}, result.NoSSH, result.PhaseRun, result.ReasonDenied, 0, ""},
	"locked":  {fleet.Behaviour{Kind: fleet.RefusesKeys}, result.NoSSH, result.PhaseAuth, result.ReasonAuth, 0, ""},
	"closed":  {fleet.Behaviour{Kind: fleet.Closed}, result.NoSSHD, result.PhaseConnect, result.ReasonRefused, 0, ""},
	"hangsup": {fleet.Behaviour{Kind: fleet.ClosesAtOnce}, result.NoSSHD, result.PhaseBanner, result.ReasonLost, 0, ""},
	"web":     {fleet.Behaviour{Kind: fleet.Rubbish}, result.NoSSHD, result.PhaseBanner, result.ReasonNotSSH, 0, ""},
	"babbles": {fleet.Behaviour{Kind: fleet.Babbles}, result.NoSSHD, result.PhaseBanner, result.ReasonNotSSH, 0, ""},
}

// hanging are ways that a deadline has to end.
var hanging = map[string]way{
	"mute":     {fleet.Behaviour{Kind: fleet.Mute}, result.NoSSHD, result.PhaseBanner, result.ReasonTimeout, 0, ""},
	"dribbles": {fleet.Behaviour{Kind: fleet.Dribbles}, result.NoSSHD, result.PhaseBanner, result.ReasonTimeout, 0, ""},
	"filtered": {fleet.Behaviour{Kind: fleet.Filtered}, result.NoSSHD, result.PhaseConnect, result.ReasonTimeout, 0, ""},
	"inkex":    {fleet.Behaviour{Kind: fleet.StopsInKex}, result.NoSSH, result.PhaseAuth, result.ReasonTimeout, 0, ""},
	"inauth":   {fleet.Behaviour{Kind: fleet.StopsInAuth}, result.NoSSH, result.PhaseAuth, result.ReasonTimeout, 0, ""},
	"endless":  {fleet.Behaviour{Kind: fleet.NeverEnds}, result.NoSSH, result.PhaseRun, result.ReasonTimeout, 0, ""},
	"unread":   {fleet.Behaviour{Kind: fleet.NeverReads}, result.NoSSH, result.PhaseRun, result.ReasonTimeout, 0, ""},
}

func (s *scene) wantWays(t *testing.T, ways map[string]way) {
	t.Helper()
	outcomes := s.outcomes(t)
	for name, w := range ways {
		o := outcomes[name]
		if o.Class != w.class || o.Phase != w.phase || o.Reason != w.reason || o.Status != w.status || o.Signal != w.signal {
			t.Errorf("%s: got %s, %s %s, status %d%s (%s)\nwant %+v", name, o.Class, o.Phase, o.Reason, o.Status, o.Signal, o.Detail, w)
		}
		if failed := o.Class != result.OK && o.Class != result.Exit; failed && o.Reason == "" {
			t.Errorf("%s: no reason why it is %s", name, o.Class)
		}
	}
}

func TestTargetsAreSortedByWhatCameOfThem(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for name, w := range fine {
		s.add(t, name, w.behaviour)
	}
	s.staged(t)
	mark := s.work(t)
	s.wantWays(t, fine)
	if mark.Counts["nossh"] != 7 || mark.Counts["nosshd"] != 4 || mark.Counts["exit_3"] != 1 {
		t.Errorf("counted %v", mark.Counts)
	}
}

func TestWhoHangsIsEndedByTheDeadlineOfItsPhase(t *testing.T) {
	t.Parallel()
	for phase, hasten := range map[result.Phase]func(*job.Timeouts){
		result.PhaseConnect: func(t *job.Timeouts) { t.Connect = soon },
		result.PhaseBanner:  func(t *job.Timeouts) { t.Banner = soon },
		result.PhaseAuth:    func(t *job.Timeouts) { t.Auth = soon },
		result.PhaseRun:     func(t *job.Timeouts) { t.Run = soon },
	} {
		t.Run(string(phase), func(t *testing.T) {
			s, ways := newScene(t), make(map[string]way)
			for name, w := range hanging {
				if w.phase == phase {
					s.add(t, name, w.behaviour)
					ways[name] = w
				}
			}
			s.Args.Remote = s.write(t, "remote.sh", strings.Repeat("# more than a window holds\n", 200_000))
			s.staged(t)
			hasten(&s.Job.Timeouts)
			s.work(t)
			s.wantWays(t, ways)
		})
	}
}

func TestWithoutTheBannerCheckWhoShowsNoBannerIsNossh(t *testing.T) {
	s := newScene(t)
	s.add(t, "closed", fleet.Behaviour{Kind: fleet.Closed})
	s.add(t, "web", fleet.Behaviour{Kind: fleet.Rubbish})
	s.Args.Passthrough = []string{"-PS"}
	s.staged(t)
	if mark := s.work(t); mark.Counts["nossh"] != 2 {
		t.Errorf("counted %v", mark.Counts)
	}
}

// TestTargetsArePinged needs an ICMP socket or ping(8), as a worker does.
func TestTargetsArePinged(t *testing.T) {
	s := newScene(t)
	s.add(t, "fine", fleet.Behaviour{Kind: fleet.Canned})
	s.lines = append(s.lines, "nosuch nosuch.invalid")
	s.Args.Passthrough = nil
	s.staged(t)
	s.Job.Timeouts.Connect = 5 * time.Second
	s.work(t)
	o := s.outcomes(t)
	if o["fine"].Class != result.OK {
		t.Errorf("got %+v", o["fine"])
	}
	if bad := o["nosuch"]; bad.Class != result.NoPing || bad.Phase != result.PhaseResolve || bad.Reason != result.ReasonResolve {
		t.Errorf("got %+v", bad)
	}
	if !strings.Contains(s.said.String(), "pings by ") {
		t.Errorf("it does not say how it pings:\n%s", s.said)
	}
}

func TestALineThatNamesNoTargetIsNosshAndNothingIsTried(t *testing.T) {
	s := newScene(t)
	at := s.add(t, "fine", fleet.Behaviour{Kind: fleet.Canned})
	s.lines = append(s.lines, "-oProxyCommand=touch", "web1 10.0.0.1;id")
	s.deal(t)
	s.work(t)
	for _, host := range []string{"-oProxyCommand=touch", "web1"} {
		if o := s.outcomes(t)[host]; o.Class != result.NoSSH || o.Reason != result.ReasonInvalid || o.Detail == "" {
			t.Errorf("%s: got %+v", host, o)
		}
	}
	if n := s.fleet.Executions(at); n != 1 {
		t.Errorf("the good one ran the script %d times", n)
	}
}

func TestEachLineIsATargetOfItsOwn(t *testing.T) {
	s := newScene(t)
	at := s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
	s.lines = append(s.lines, "web2 "+at.String(), "web3 "+at.String())
	s.Args.Jobs = 1
	s.staged(t)
	if mark := s.work(t); mark.Counts["ok"] != 3 || s.fleet.Executions(at) != 3 {
		t.Errorf("counted %v, and %d executions", mark.Counts, s.fleet.Executions(at))
	}
}

func TestAKeyThatHasChangedIsRefusedAndSaidSo(t *testing.T) {
	s := newScene(t)
	at := s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
	s.staged(t)
	s.work(t)
	moved := newScene(t)
	moved.Args.Dir, moved.share = s.share, s.share
	moved.Args.Name = "later"
	if err := s.fleet.Close(); err != nil {
		t.Fatal(err)
	}
	if err := moved.fleet.AddAt(at, fleet.Behaviour{Kind: fleet.Canned}); err != nil {
		t.Fatal(err)
	}
	moved.lines = s.lines
	moved.Args.ChunkFile = filepath.Join(moved.prefix(), "input", masterMin, "xab")
	moved.staged(t)
	moved.work(t)
	o := moved.outcomes(t)["web1"]
	if o.Class != result.NoSSH || o.Reason != result.ReasonHostKey || o.Phase != result.PhaseAuth {
		t.Errorf("got %+v", o)
	}
	for _, want := range []string{"SHA256:", "audit.xab"} {
		if !strings.Contains(o.Detail, want) {
			t.Errorf("%q does not say %q", o.Detail, want)
		}
	}
	if n := moved.fleet.Executions(at); n != 0 {
		t.Errorf("the script ran there %d times", n)
	}
}

// TestManyTargets is more than the jobs at a time, each with its outcome.
func TestManyTargets(t *testing.T) {
	t.Parallel()
	const targets = 2000
	s := newScene(t)
	port, err := s.fleet.Any(0, func(a netip.Addr) fleet.Behaviour {
		b := fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("this is " + a.String())}
		if a.As4()[3]%10 == 0 {
			b.Status = 7
		}
		return b
	})
	if err != nil {
		t.Fatal(err)
	}
	var ok []string
	for i := range targets {
		addr := fmt.Sprintf("127.3.%d.%d", i/250, i%250)
		s.lines = append(s.lines, fmt.Sprintf("host%d %s", i, addr))
		if i%10 != 0 {
			ok = append(ok, fmt.Sprintf("host%d,%s,this is %s\n", i, addr, addr))
		}
	}
	s.Targets.Port, s.Args.Jobs = int(port), 50
	s.staged(t)
	mark := s.work(t)
	if mark.Counts["ok"] != targets*9/10 || mark.Counts["exit_7"] != targets/10 {
		t.Errorf("counted %v", mark.Counts)
	}
	if got, want := strings.Join(s.results(t, "hosts_ok"), ""), strings.Join(sortedLines(strings.Join(ok, "")), ""); got != want {
		t.Errorf("hosts_ok isn't what the targets said: %d bytes, want %d", len(got), len(want))
	}
}
