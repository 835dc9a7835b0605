package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// launchOf is a start of scanslave on a folder of the test's, which has all
// that the master makes.
func launchOf(t *testing.T, via string) (plan.Command, job.Layout) {
	t.Helper()
	layout := job.Layout{Dir: t.TempDir(), Name: "s", Run: job.NewRun(time.Now()), Min: "202401010000"}
	for _, dir := range []string{layout.RunDir(), layout.ChunkDir()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return launchOn(layout, via, "xaa"), layout
}

// launchOn is a start of scanslave on one chunk.
func launchOn(layout job.Layout, via, chunk string) plan.Command {
	args := job.Args{Auth: "pubkey", Dir: layout.Dir, Remote: "r", Jobs: 1, Name: "s"}
	return plan.Launch{Args: args, Deploy: "never", Via: via}.Command(layout, plan.Worker{Host: "w"}, chunk, "0abc")
}

// works is a scanslave that begins its chunk, and goes on until it is let.
// FOLDER is where the chunk's folder is.
const works = `#!/bin/sh
work=$(dirname "$FOLDER")/s/202401010001.xaa
mkdir -p "$work" && touch "$work/.slave"
until [ -e "$work/go" ]; do sleep 0.05; done
echo bye
`

// sign waits until a worker is in a state.
func sign(t *testing.T, h *host.Host, layout job.Layout, state host.State) host.Sign {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		s, err := h.Begun(ctx, layout, "xaa", 0)
		if err != nil {
			t.Fatalf("waiting for %q: %v", state, err)
		}
		if s.State == state {
			return s
		}
	}
}

func TestAWorkerOfAProcessIsSeenBeginningWorkingAndEnding(t *testing.T) {
	c, layout := launchOf(t, plan.ViaProcess)
	bin := t.TempDir()
	tool(t, bin, "scanslave", works)
	p := newPlace(t, "PATH="+bin+":/usr/bin:/bin", "FOLDER="+layout.Prefix())
	work := layout.WorkDir("202401010001", "xaa")
	t.Cleanup(func() { write(t, filepath.Join(work, "go"), "", 0o644) })
	if err := p.Launch(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if s := sign(t, p.Host, layout, host.Working); s.Folder != filepath.Base(work) {
		t.Errorf("got %+v", s)
	}
	if _, err := os.Stat(filepath.Join(p.home, c.Script)); err == nil {
		t.Error("the script stays when the worker has begun")
	}
	if alive, err := p.Alive(t.Context(), layout, "xaa"); !alive || err != nil {
		t.Errorf("alive: %v, %v", alive, err)
	}
	if _, err := p.Session(t.Context(), layout, "xaa"); !errors.Is(err, host.ErrNoSession) {
		t.Errorf("got %v, want no session", err)
	}
	if alive, err := p.Alive(t.Context(), layout, "xa"); alive || err != nil {
		t.Errorf("a chunk that nobody works on is worked on: %v, %v", alive, err)
	}
	write(t, filepath.Join(work, "go"), "", 0o644)
	if s := sign(t, p.Host, layout, host.Ended); s.Words != "bye" {
		t.Errorf("got %+v", s)
	}
	if alive, err := p.Alive(t.Context(), layout, "xaa"); alive || err != nil {
		t.Errorf("alive: %v, %v", alive, err)
	}
	write(t, filepath.Join(work, ".done"), "", 0o644)
	sign(t, p.Host, layout, host.Done)
}

func TestAWorkerThatCannotStartLeavesItsWords(t *testing.T) {
	c, layout := launchOf(t, plan.ViaProcess)
	bin := t.TempDir()
	tool(t, bin, "scanslave", "#!/bin/sh\necho 'no such key' >&2\nexit 2\n")
	p := newPlace(t, "PATH="+bin+":/usr/bin:/bin")
	if err := p.Launch(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	s := sign(t, p.Host, layout, host.Ended)
	if !strings.Contains(s.Words, "no such key") || s.Folder != "" {
		t.Errorf("got %+v", s)
	}
	log, err := os.ReadFile(layout.Log("xaa"))
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[int]string{0: s.Words, strings.Index(string(log), "key"): "key", len(log): "", len(log) + 1: ""} {
		later, err := p.Begun(t.Context(), layout, "xaa", int64(from))
		if err != nil || !strings.HasPrefix(later.Words, want) || want == "" && later.Words != "" {
			t.Errorf("from %d: %+v, %v", from, later, err)
		}
	}
}

func TestALaunchThatCannotBePreparedSaysWhy(t *testing.T) {
	c, _ := launchOf(t, plan.ViaScreen)
	p := newPlace(t, "PATH="+t.TempDir()+":/usr/bin:/bin")
	write(t, filepath.Join(p.home, ".cache"), "in the way", 0o644)
	err := p.Launch(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), ".cache") {
		t.Errorf("got %v", err)
	}
}

func TestWhereScreenKeepsNoSessionTheLaunchSaysSo(t *testing.T) {
	c, _ := launchOf(t, plan.ViaScreen)
	bin := t.TempDir()
	tool(t, bin, "screen", "#!/bin/sh\necho 'Cannot make directory'\nexit 1\n")
	err := newPlace(t, "PATH="+bin+":/usr/bin:/bin").Launch(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "Cannot make directory") {
		t.Errorf("got %v", err)
	}
}

func TestALaunchThatLeavesNoTraceEndsWithItsContext(t *testing.T) {
	c, _ := launchOf(t, plan.ViaScreen)
	bin := t.TempDir()
	tool(t, bin, "screen", "#!/bin/sh\ncase $1 in -ls) echo 'No Sockets found' ;; esac\n")
	p := newPlace(t, "PATH="+bin+":/usr/bin:/bin")
	ctx, cancel := context.WithTimeout(t.Context(), 10*soon)
	defer cancel()
	if err := p.Launch(ctx, c); err == nil {
		t.Error("a screen that starts nothing passed for a start")
	}
}

// TestAStartWhoseTerminalEndsBadlyIsOneAllTheSame has a screen that starts the
// worker and whose end on the terminal is no good one: a worker that runs must
// not pass for one that doesn't.
func TestAStartWhoseTerminalEndsBadlyIsOneAllTheSame(t *testing.T) {
	c, layout := launchOf(t, plan.ViaScreen)
	bin, work := t.TempDir(), layout.WorkDir("202401010001", "xaa")
	tool(t, bin, "screen", "#!/bin/sh\ncase $1 in -ls) echo 'No Sockets found' ;; *) mkdir -p "+work+"; exit 1 ;; esac\n")
	if err := newPlace(t, "PATH="+bin+":/usr/bin:/bin").Launch(t.Context(), c); err != nil {
		t.Error(err)
	}
}

func TestAStartThatIsRefusedIsToldInTheHostsWords(t *testing.T) {
	c, _ := launchOf(t, plan.ViaScreen)
	bin := t.TempDir()
	tool(t, bin, "screen", "#!/bin/sh\ncase $1 in -ls) echo 'No Sockets found' ;; *) echo 'no more ptys'; exit 1 ;; esac\n")
	err := newPlace(t, "PATH="+bin+":/usr/bin:/bin").Launch(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "no more ptys") {
		t.Errorf("got %v", err)
	}
}
