package plan_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// home is a worker host's home folder, with a scanslave in its PATH that says
// what it was called with, and a share.
type home struct{ dir, share, path string }

func newHome(t *testing.T) home {
	t.Helper()
	h := home{dir: t.TempDir(), share: filepath.Join(t.TempDir(), "a share"), path: t.TempDir()}
	for _, dir := range []string{filepath.Join(h.dir, ".cache/scanmaster"), h.share} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.write(t, filepath.Join(h.path, "scanslave"), `#!/bin/sh
printf '%s\0' "GREETING=$GREETING" "EMPTY=$EMPTY" "SSHOPTS=$SSHOPTS" "JOB=$SCANMASTER_JOB" scanslave "$@"
`)
	return h
}

func (h home) write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// run has a shell execute a line in the home folder, and gives what it says.
func (h home) run(t *testing.T, line string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", line)
	cmd.Dir, cmd.Env = h.dir, []string{"PATH=" + h.path + ":" + os.Getenv("PATH")}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return string(out)
}

// hard is a scan of words that a shell would make something else of.
func hard(h home, via string) *spec.Scan {
	s := static()
	s.Dir, s.Launch, s.Deploy = h.share, via, spec.DeployNever
	s.ScanEnv = spec.Env{"GREETING": {Text: "it's $HOME \"here\"\n`id`\t"}, "EMPTY": {Text: ""}}
	s.Passthrough = []string{"two words", "a'b", "$(id)", "\\", "-x;y", "*", "<RUN>"}
	return s
}

func TestTheScriptSurvivesAShell(t *testing.T) {
	for _, via := range []string{spec.LaunchScreen, spec.LaunchProcess} {
		t.Run(via, func(t *testing.T) {
			h := newHome(t)
			p := compile(t, hard(h, via), realFacts())
			if err := os.MkdirAll(p.Layout.RunDir(), 0o700); err != nil {
				t.Fatal(err)
			}
			launch := find[plan.Launch](p)
			c := launch.Command(p.Layout, plan.Worker{Host: "scan1"}, "xaa", job.Staged{Path: p.Layout.JobFile(1), SHA256: "0abc"})
			h.write(t, filepath.Join(h.dir, c.Script), c.ScriptText)
			line := c.Script
			if c.Via == plan.ViaProcess {
				line = c.Line + " wait"
			}
			said := h.run(t, line)
			logged, err := os.ReadFile(c.Log)
			if err != nil {
				t.Fatal(err)
			}
			if said != string(logged) && c.Via == plan.ViaScreen || said != "" && c.Via == plan.ViaProcess {
				t.Errorf("it said %q", said)
			}
			args := launch.Args
			args.ChunkFile = p.Layout.Chunk("xaa")
			want := slices.Concat(c.Env[:3], []string{"JOB=" + p.Layout.JobFile(1), "scanslave"}, args.Argv())
			slices.Sort(want[:2])
			got := strings.Split(strings.TrimSuffix(string(logged), "\x00"), "\x00")
			slices.Sort(got[:2])
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestADetachedProcessLeavesItsID(t *testing.T) {
	h := newHome(t)
	p := compile(t, hard(h, spec.LaunchProcess), realFacts())
	c := find[plan.Launch](p).Command(p.Layout, plan.Worker{Host: "scan1"}, "xaa", job.Staged{Path: p.Layout.JobFile(1), SHA256: "0abc"})
	if c.Screenrc != "" || c.Argv[0] != "setsid" {
		t.Errorf("the command is %+v", c)
	}
	h.write(t, filepath.Join(h.path, "scanslave"), "#!/bin/sh\necho $$\n")
	if err := os.MkdirAll(p.Layout.RunDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	h.write(t, filepath.Join(h.dir, c.Script), c.ScriptText)
	h.run(t, c.Line+" wait")
	said, errSaid := os.ReadFile(c.Log)
	left, errLeft := os.ReadFile(filepath.Join(h.dir, c.PIDFile))
	if errSaid != nil || errLeft != nil || len(said) == 0 || string(said) != string(left) {
		t.Errorf("it is %q and left %q (%v, %v)", said, left, errSaid, errLeft)
	}
}

func TestTheClassicScanslaveGetsTheClassicArguments(t *testing.T) {
	s := static()
	s.Deploy, s.Hooks.PostChunk = spec.DeployNever, ""
	p := compile(t, s, realFacts())
	const chunk = "/mnt/scanmaster/chunked/info1/input/202402292359/xab"
	remote := p.Layout.Staged(job.RoleRemote)
	for lines, jobs := range map[int64]string{0: "1", 7: "7", 30000: "175"} {
		got := find[plan.Launch](p).Classic(p.Layout, "xab", lines)
		want := "#!/bin/sh\nrm -f " + got.Script + " " + got.Screenrc + "\n{ env LANG=C SSHOPTS='-l headless -i ~/.ssh/headless -o StrictHostKeyChecking=accept-new -o KexAlgorithms=curve25519-sha256'" +
			" scanslave -A pubkey -d /mnt/scanmaster -r " + remote + " -p /bin/true -n " + jobs + " info1 " + chunk + ` -- -I || echo "ended with status $?"; } 2>&1 | tee -ai ` + p.Layout.Log("xab") + "\n"
		if diff := cmp.Diff(want, got.ScriptText); diff != "" {
			t.Error(diff)
		}
	}
	s.Hooks.PostChunk, s.Launch = "post.chunk.sh", spec.LaunchProcess
	p = compile(t, s, realFacts())
	got := find[plan.Launch](p).Classic(p.Layout, "xab", 7)
	if !strings.Contains(got.ScriptText, " -p "+p.Layout.Staged(job.RolePostChunk)+" -n 7 ") || got.Log != p.Layout.Log("xab") {
		t.Errorf("the command is %+v", got)
	}
}

func TestWhatAClassicScanslaveCannotHonourIsNamed(t *testing.T) {
	s := static()
	if got := find[plan.Probe](compile(t, s, facts())).Classic; got != nil {
		t.Errorf("with deploy: auto there is %+v", got)
	}
	s.Deploy, s.OnUnknown, s.OnMasterLost, s.Jobs = spec.DeployNever, spec.OnUnknownReport, spec.MasterLostStop, spec.JobsAuto
	got := find[plan.Probe](compile(t, s, facts())).Classic
	want := &plan.Classic{
		Refused: []string{"targets.host_keys", "shell", "remote.args", "remote.env", "hook_env", "on_unknown", "jobs: auto", "rate", "per_subnet"},
		Ignored: []string{"timeouts", "max_output", "retry", "on_master_lost"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s.Targets.HostKeys, s.Shell, s.Remote = "off", spec.ShellLogin, spec.Remote{Script: "remote.sh"}
	s.OnUnknown, s.Jobs, s.Rate, s.PerSubnet, s.HookEnv = spec.OnUnknownRerun, 175, spec.Rate{}, 0, nil
	if got := find[plan.Probe](compile(t, s, facts())).Classic; len(got.Refused) > 0 {
		t.Errorf("refused for %q", got.Refused)
	}
	s.Attach = true // then bash reads the script there
	if got := find[plan.Probe](compile(t, s, facts())).Classic.Refused; !slices.Equal(got, []string{"shell"}) {
		t.Errorf("attached and with the login shell refused for %q", got)
	}
	s.Shell = spec.DefaultShell
	if got := find[plan.Probe](compile(t, s, facts())).Classic.Refused; len(got) > 0 {
		t.Errorf("attached and with bash refused for %q", got)
	}
	f := facts()
	f.Hosts, s.Attach = spec.Hosts{{Host: spec.Local}}, false
	if got := find[plan.Probe](compile(t, s, f)).Classic; got != nil {
		t.Errorf("with local workers there is %+v", got)
	}
}
