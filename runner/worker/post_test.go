package worker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

func TestTheHookSeesTheResultsBeforeTheEnd(t *testing.T) {
	s, _ := ready(t)
	s.Environ = []string{"LANG=C", "PATH=" + os.Getenv("PATH")}
	s.Args.PostChunk = s.write(t, "post.sh", `#!/bin/sh
{ echo "$#" "$1" "$PWD" "$LANG"; ls -A; cat output/2*/xaa/hosts_checked; } >"$1/said"
`)
	s.staged(t)
	s.work(t)
	want := "1 " + s.folder() + " " + s.folder() + " C\n.holder\n.progress\n.record\n.slave\ninput\noutput\nsaid\nstarted\n" + s.lines[0] + "\n"
	if got := read(t, filepath.Join(s.folder(), "said")); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestTheResultsAreTheNewestOfOutput has a hook that takes the newest entry of
// output/ for the folder of the results, and leaves a file there; its worker dies
// before it has left .done, and the copy of the input is newer as well.
func TestTheResultsAreTheNewestOfOutput(t *testing.T) {
	s, _ := ready(t)
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\nls -t output | head -1 >>newest\necho >output/own\n")
	s.staged(t)
	s.work(t)
	if err := os.Remove(filepath.Join(s.folder(), job.Done)); err != nil {
		t.Fatal(err)
	}
	input := filepath.Join(s.folder(), job.Output, job.Input)
	if err := os.WriteFile(input, []byte(read(t, input)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.finishes(t)
	minute, _, _ := strings.Cut(filepath.Base(s.folder()), ".")
	if got, want := read(t, filepath.Join(s.folder(), "newest")), minute+"\n"+minute+"\n"; got != want {
		t.Errorf("the newest were %q, want %q", got, want)
	}
	if left, _ := filepath.Glob(filepath.Join(s.folder(), job.Output, minute, ".*")); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}

func TestAFailedHookIsSaidInTheMark(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		status int
		tail   string
		why    string
	}{
		"status":   {"#!/bin/sh\necho out\necho no room >&2\nexit 9\n", 9, "out\nno room\n", "it ended with status 9"},
		"long":     {"#!/bin/sh\nhead -c 5000 /dev/zero | tr '\\0' x\necho end\nexit 9\n", 9, strings.Repeat("x", 2044) + "end\n", "it ended with status 9"},
		"killed":   {"#!/bin/sh\necho before\nkill -9 $$\n", -1, "before\n", "signal: killed"},
		"no shell": {"#!/nowhere/sh\n", -1, "", "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := ready(t)
			s.Args.PostChunk = s.write(t, "post.sh", c.text)
			s.staged(t)
			mark := s.work(t)
			if mark.PostChunk != c.status || mark.PostChunkTail != c.tail || !strings.Contains(mark.HookFailure(), c.why) {
				t.Errorf("the mark says %d, %q, %s", mark.PostChunk, mark.PostChunkTail, mark.HookFailure())
			}
			done, ok := job.ParseDone([]byte(read(t, filepath.Join(s.folder(), job.Done))))
			if !ok || done.PostChunk != c.status || done.Outcomes != 1 {
				t.Errorf(".done says %+v", done)
			}
			if !strings.Contains(s.said.String(), "post.sh") {
				t.Errorf("the log doesn't name the hook:\n%s", s.said)
			}
		})
	}
}

func TestAHookThatTakesTooLongIsEndedAndHasFailed(t *testing.T) {
	s, _ := ready(t)
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\ntrap 'echo told; exit 0' TERM\nwhile :; do sleep 0.02; done\n")
	s.staged(t)
	s.Job.Timeouts.Hook = soon
	mark := s.work(t)
	if mark.PostChunk != -1 || !strings.Contains(mark.HookFailure(), "timeouts.hook") {
		t.Errorf("the mark says %d, %s", mark.PostChunk, mark.HookFailure())
	}
	if done, ok := job.ParseDone([]byte(read(t, filepath.Join(s.folder(), job.Done)))); !ok || done.HookFailure() != mark.HookFailure() {
		t.Errorf(".done says %+v", done)
	}
}

func TestAClassicHookThatIsNotThereIsFoundOutFirst(t *testing.T) {
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
	s.Args.PostChunk = "/nowhere/post.sh"
	s.deal(t)
	s.wantFailure(t, "/nowhere/post.sh")
}

func TestWithoutAWordTheClassicHookBesideTheWorkerRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(defaultHook, []byte("#!/bin/sh\ntouch \"$1/ran\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
	s.deal(t)
	s.work(t)
	_ = read(t, filepath.Join(s.folder(), "ran"))
}

func TestAHookEndsWithTheWorker(t *testing.T) {
	s, _ := ready(t)
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\ntouch \"$1/begun\"\nsleep 1000\n")
	s.staged(t)
	cause := errors.New("told to end")
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, s.Config)
		ended <- err
	}()
	await(t.Context(), t, func() bool {
		_, err := os.Stat(filepath.Join(s.folder(), "begun"))
		return err == nil
	})
	cancel(cause)
	if err := <-ended; !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(s.folder(), job.Done)); err == nil {
		t.Error("there is a .done")
	}
	s.wantNothingLeft(t)
}

func TestTheHookGetsWhatTheJobNamesOfTheEnvironment(t *testing.T) {
	s, _ := ready(t)
	s.Environ = []string{"LANG=C", "PATH=" + os.Getenv("PATH"), "TOKEN=s3cret", "SSHOPTS=-l me"}
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\nenv >said\n")
	s.staged(t)
	s.Job.HookEnv = []string{"PATH", "LAN*"}
	s.work(t)
	got := read(t, filepath.Join(s.folder(), "said"))
	if !strings.Contains(got, "LANG=C\n") || strings.Contains(got, "TOKEN") || strings.Contains(got, "SSHOPTS") {
		t.Errorf("it got\n%s", got)
	}
}
