package worker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh/agent"

	"scanmaster/runner/job"
)

func TestAWorkerThatCouldWorkHasNothingToSay(t *testing.T) {
	for name, change := range map[string]func(s *scene){
		"a key file":        func(*scene) {},
		"the agent's key":   func(s *scene) { s.inAgent(s.t) },
		"no agent any more": func(s *scene) { s.AgentSocket = filepath.Join(s.dir, "gone") },
		"a locked file, and the agent": func(s *scene) {
			s.inAgent(s.t)
			locked(s.t, filepath.Join(s.dir, "locked"))
			s.Targets.Identities = []string{"~/locked"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.Args.ChunkFile = ""
			change(s)
			f := Fit(t.Context(), s.Config)
			if len(f.Wrong) > 0 || len(f.Warnings) > 0 || f.Ping != "" {
				t.Errorf("got %+v", f)
			}
			s.wantNothingLeft(t)
			if left, _ := os.ReadDir(s.share); len(left) > 0 {
				t.Errorf("the share was touched: %v", left)
			}
		})
	}
}

func TestAllThatIsWrongIsSaidWithItsMend(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *scene)
		want   []string // of each thing that is wrong, two texts parted by a bar
	}{
		"no key at all": {
			func(s *scene) { s.Targets.Identities = nil },
			[]string{"no key to log in to targets with|name one as targets.identity"},
		},
		"no key, and an agent that is gone": {
			func(s *scene) { s.Targets.Identities, s.AgentSocket = nil, filepath.Join(s.dir, "gone") },
			[]string{"no key to log in to targets with|the ssh-agent doesn't answer"},
		},
		"no key in the agent": {
			func(s *scene) { s.Targets.Identities, s.AgentSocket = nil, startAgent(s.t, agent.NewKeyring()) },
			[]string{"no key to log in to targets with|start an ssh-agent"},
		},
		"files that aren't there": {
			func(s *scene) { s.Targets.Identities = []string{"~/one", "~/two"} },
			[]string{"one: no such file|put it there", "two: no such file|name another as targets.identity"},
		},
		"a locked file": {
			func(s *scene) {
				locked(s.t, filepath.Join(s.dir, "locked"))
				s.Targets.Identities = []string{"~/locked"}
			},
			[]string{"protected by a passphrase|start an ssh-agent that holds this one"},
		},
		"a file that is no key": {
			func(s *scene) { s.Targets.Identities = []string{s.Args.Remote} },
			[]string{"remote.sh|name another as targets.identity"},
		},
		"a usual file that is no key": {
			func(s *scene) {
				s.Targets.Identities = nil
				s.write(s.t, ".ssh/id_rsa", "no key")
			},
			[]string{"no key to log in to targets with|id_rsa"},
		},
		"no folder, no known hosts, no such way": {
			func(s *scene) {
				s.Temp, s.Targets.KnownHosts, s.Args.Auth = "/nix", []string{"~/known"}, "password"
			},
			[]string{"-A password|terminal", "known: no such file|mend that file", "temporary files: |TMPDIR"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			if err := os.Mkdir(filepath.Join(s.dir, ".ssh"), 0o700); err != nil {
				t.Fatal(err)
			}
			c.change(s)
			wrong := Fit(t.Context(), s.Config).Wrong
			if len(wrong) != len(c.want) {
				t.Fatalf("got %q, want %q", wrong, c.want)
			}
			for i, want := range c.want {
				is, mend, _ := strings.Cut(want, "|")
				if !strings.Contains(wrong[i].Text, is) || !strings.Contains(wrong[i].Text, mend) {
					t.Errorf("%q says nothing of %q", wrong[i], want)
				}
			}
		})
	}
}

func TestTheWayToPingIsTold(t *testing.T) {
	s := newScene(t)
	s.Args.Passthrough = nil
	if f := Fit(t.Context(), s.Config); f.Ping != job.PingSocket && f.Ping != job.PingProgram {
		t.Errorf("got %+v", f)
	}
}

func TestFewOpenFilesAreAWarningAndNoneAreWrong(t *testing.T) {
	c := Config{Args: job.Args{Jobs: 100}}
	for limit, want := range map[uint64]job.Fitness{
		620: {Found: about(job.AboutFiles, "620 may be open, and 620 are wanted")},
		350: {Warnings: about(job.AboutFiles, "10 targets at a time instead of 100: only 350 files may be open; raise ulimit -n to 620, or lower jobs")},
		256: {Wrong: about(job.AboutFiles, "only 256 files may be open; raise ulimit -n to 620")},
	} {
		var f job.Fitness
		if c.fitFiles(&f, limit); f.Encode() != want.Encode() {
			t.Errorf("%d: got %+v", limit, f)
		}
	}
}

func about(what job.About, text string) []job.Finding {
	return []job.Finding{{About: what, Text: text}}
}

func TestLittleMemoryIsAWarning(t *testing.T) {
	c := Config{Args: job.Args{Jobs: 100}}
	for meminfo, want := range map[string]job.Fitness{
		"MemAvailable: 4096000 kB\n": {Found: about(job.AboutMemory, "this machine has 4000 MiB left")},
		"MemAvailable: 20480 kB\n": {Warnings: about(job.AboutMemory,
			"this machine has 20 MiB left, and 100 targets at a time may take 9 MiB; lower jobs to 51, or say jobs: auto")},
		"": {}, // it doesn't tell
	} {
		var f job.Fitness
		c.fitMemory(&f, fstest.MapFS{"proc/meminfo": {Data: []byte(meminfo)}})
		if diff := cmp.Diff(want, f); diff != "" {
			t.Errorf("%q: %s", meminfo, diff)
		}
	}
}

func TestWhatIsWellIsSaidToo(t *testing.T) {
	for name, c := range map[string]struct {
		change func(s *scene)
		want   []string
	}{
		"a key file": {func(*scene) {}, []string{"/id can be read", "agent: none: key files only"}},
		"the agent's key": {func(s *scene) {
			s.inAgent(s.t)
		}, []string{"agent: it answers, and holds 1 keys"}},
		"an agent that is gone": {func(s *scene) { s.AgentSocket = filepath.Join(s.dir, "gone") }, []string{"agent: it doesn't answer (", "/id can be read"}},
	} {
		s := newScene(t)
		c.change(s)
		var said strings.Builder
		for _, f := range Fit(t.Context(), s.Config).Found {
			said.WriteString(string(f.About) + ": " + f.Text + "\n")
		}
		for _, want := range append(c.want, "files: ") {
			if !strings.Contains(said.String(), want) {
				t.Errorf("%s: no %q in\n%s", name, want, said.String())
			}
		}
	}
}
