package worker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// aWhile is a deadline that is to strike after a script has said its first word.
const aWhile = 3 * time.Second

func TestAScriptIsToldToEndAndWhatItSaidIsKept(t *testing.T) {
	for reason, hasten := range map[result.Reason]func(*job.Timeouts){
		result.ReasonTimeout: func(t *job.Timeouts) { t.Run = aWhile },
		result.ReasonIdle:    func(t *job.Timeouts) { t.Idle = aWhile },
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.add(t, "web1", fleet.Behaviour{})
			s.Args.Remote = s.write(t, "remote.sh", "trap 'echo told; exit 0' TERM\necho half\nwhile :; do sleep 0.02; done\n")
			s.staged(t)
			hasten(&s.Job.Timeouts)
			s.Job.Shell = []string{"exec", "sh", "-s"}
			s.work(t)
			o := s.outcomes(t)["web1"]
			if o.Class != result.NoSSH || o.Phase != result.PhaseRun || o.Reason != reason || o.Detail == "" {
				t.Errorf("got %+v", o)
			}
			if o.StdoutTail != "half\ntold\n" || o.Stdout != int64(len(o.StdoutTail)) {
				t.Errorf("%q is kept of %d bytes", o.StdoutTail, o.Stdout)
			}
			if got := s.results(t, "hosts_nossh"); len(got) != 1 || got[0] != s.lines[0]+"\n" {
				t.Errorf("hosts_nossh holds %q", got)
			}
		})
	}
}

func TestTheEndIsKeptOfWhatAScriptSaidThatHasNoStatus(t *testing.T) {
	s := newScene(t)
	s.add(t, "cut", fleet.Behaviour{Kind: fleet.CutsLine, Stdout: []byte("half\x00\xff")})
	s.add(t, "killed", fleet.Behaviour{Kind: fleet.Signals})
	s.add(t, "fine", fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("all")})
	s.add(t, "fails", fleet.Behaviour{Kind: fleet.Canned, Stdout: []byte("all"), Status: 1})
	s.add(t, "much", fleet.Behaviour{})
	s.Args.Remote = s.write(t, "remote.sh", big+"; echo the end; exit 255")
	s.staged(t)
	s.work(t)
	outcomes := s.outcomes(t)
	for name, want := range map[string]string{"cut": "half\x00\xff", "killed": "", "fine": "", "fails": ""} {
		if got := outcomes[name].StdoutTail; got != want {
			t.Errorf("%s: %q is kept, want %q", name, got, want)
		}
	}
	if got := outcomes["much"].StdoutTail; len(got) != partial || !strings.HasSuffix(got, "xxxthe end\n") {
		t.Errorf("%d bytes are kept: …%q", len(got), got[max(0, len(got)-20):])
	}
}

func TestScriptsAreToldToEndWithTheWorker(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{})
	up, told := filepath.Join(s.dir, "up"), filepath.Join(s.dir, "told")
	s.Args.Remote = s.write(t, "remote.sh", "trap 'touch "+told+"; exit' TERM\ntouch "+up+"\nwhile :; do sleep 0.02; done\n")
	s.staged(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, s.Config)
		ended <- err
	}()
	there := func(path string) func() bool {
		return func() bool {
			_, err := os.Stat(path)
			return err == nil
		}
	}
	await(t.Context(), t, there(up))
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	await(t.Context(), t, there(told))
	if len(s.outcomes(t)) > 0 {
		t.Error("there is an outcome")
	}
}
