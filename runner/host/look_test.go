package host_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/host"
)

func look(t *testing.T, p place, dir string) host.Facts {
	t.Helper()
	f, err := p.Look(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestALookTellsWhatTheHostIsLike(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, fs.ModeSetgid|0o770); err != nil {
		t.Fatal(err)
	}
	p := newPlace(t)
	f := look(t, p, dir)
	if f.OS != runtime.GOOS || f.Arch != runtime.GOARCH || f.Home != p.home || f.UID != os.Getuid() {
		t.Errorf("got %+v", f)
	}
	if f.User == "" || !slices.Contains(f.Groups, f.GID) || !f.Setsid {
		t.Errorf("got user %q, groups %v, setsid %v", f.User, f.Groups, f.Setsid)
	}
	if f.Skew.Abs() > f.SkewBy {
		t.Errorf("our own clock is %v off, known to %v", f.Skew, f.SkewBy)
	}
	d := f.Dir
	if !d.Exists || !d.Readable || !d.Writable || d.Mode != fs.ModeSetgid|0o770 || d.UID != os.Getuid() {
		t.Errorf("got folder %+v", d)
	}
	if d.Free <= 0 {
		t.Errorf("%d bytes are free", d.Free)
	}
}

func TestALookGoesThroughWhateverPathIsGiven(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's $HOME `id` \"here\"")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := newPlace(t)
	if d := look(t, p, dir).Dir; !d.Exists || d.Path != dir {
		t.Errorf("got %+v", d)
	}
	file := write(t, filepath.Join(dir, "file"), "", 0o644)
	if d := look(t, p, file).Dir; d.Exists || !d.IsFile {
		t.Errorf("got %+v of a file", d)
	}
	if d := look(t, p, filepath.Join(dir, "none")).Dir; d.Exists || d.IsFile {
		t.Errorf("got %+v of nothing", d)
	}
}

// screenSays is a screen(1) that lists its sessions so.
const screenSays = `#!/bin/sh
case $1 in -v) echo 'Screen version 9.9'; exit 1 ;; esac
`

func TestScreenIsAskedWhetherItCanKeepSessions(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   host.Screen
	}{
		"its own folder": {"echo 'No Sockets found in /run/screen/S-me.'; exit 1", host.Screen{Works: true}},
		"sessions there": {"echo 'There are screens on:'", host.Screen{Works: true}},
		"nowhere": {"echo \"Directory '/run/screen' must have mode 1777.\"; exit 1",
			host.Screen{Says: "Directory '/run/screen' must have mode 1777."}},
		"a folder of ours": {`[ -n "$SCREENDIR" ] && echo "No Sockets found in $SCREENDIR"`,
			host.Screen{Works: true, Dir: "/tmp/.screen-scanmaster-"}},
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			path := tool(t, bin, "screen", screenSays+c.script+"\n")
			got := look(t, newPlace(t, "PATH="+bin+":/usr/bin:/bin"), "/tmp").Screen
			if got.Path != path || got.Version != "Screen version 9.9" {
				t.Errorf("got %+v", got)
			}
			if got.Works != c.want.Works || got.Says != c.want.Says || !strings.HasPrefix(got.Dir, c.want.Dir) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestAClassicScanslaveIsToldFromOursWithoutBeingCalled(t *testing.T) {
	bin := t.TempDir()
	path := tool(t, bin, "scanslave", "#!/bin/sh\ntouch called\n")
	p := newPlace(t, "PATH="+bin+":/usr/bin:/bin")
	if got, want := look(t, p, "/tmp").Scanslave, (host.Scanslave{Path: path, Classic: true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := os.Stat(filepath.Join(p.home, "called")); err == nil {
		t.Error("a classic scanslave was called to see what it is")
	}
	// A program that isn't ours has no version of its own to tell.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/bin/false", path); err != nil {
		t.Fatal(err)
	}
	if got := look(t, p, "/tmp").Scanslave; got.Classic || got.Version != "" || got.Path != path {
		t.Errorf("got %+v of another program", got)
	}
}

func TestLogindIsAskedWhereTheSessionIsItsOwn(t *testing.T) {
	for name, c := range map[string]struct {
		manager, user string
		want          host.Logind
	}{
		"kills":         {"KillUserProcesses=yes\nKillExcludeUsers=nobody", "Linger=no", host.Logind{Kills: true}},
		"lingers":       {"KillUserProcesses=yes\nKillOnlyUsers=", "Linger=yes", host.Logind{Kills: true, Linger: true}},
		"lets live":     {"KillUserProcesses=no", "Linger=no", host.Logind{}},
		"kills others":  {"KillUserProcesses=yes\nKillOnlyUsers=nobody", "Linger=no", host.Logind{}},
		"but not these": {"KillUserProcesses=yes\nKillExcludeUsers=nobody scanner", "Linger=no", host.Logind{}},
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			tool(t, bin, "id", "#!/bin/sh\ncase $1 in -un) echo scanner ;; *) exec /usr/bin/id \"$@\" ;; esac\n")
			tool(t, bin, "loginctl", "#!/bin/sh\nif [ $# = 1 ]; then echo '"+c.manager+"'; else echo '"+c.user+"'; fi\n")
			path := "PATH=" + bin + ":/usr/bin:/bin"
			if got := look(t, newPlace(t, path, "XDG_SESSION_ID=3"), "/tmp").Logind; got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if got := look(t, newPlace(t, path), "/tmp").Logind; got != (host.Logind{}) {
				t.Errorf("got %+v without a session", got)
			}
		})
	}
}

func TestAnotherArchitectureIsNamedInGosWords(t *testing.T) {
	bin := t.TempDir()
	for uname, want := range map[string]string{"aarch64": "arm64", "armv7l": "arm", "riscv64": "riscv64"} {
		tool(t, bin, "uname", "#!/bin/sh\ncase $1 in -m) echo "+uname+" ;; *) echo Linux ;; esac\n")
		if got := look(t, newPlace(t, "PATH="+bin+":/usr/bin:/bin"), "/tmp").Arch; got != want {
			t.Errorf("%s is %s, want %s", uname, got, want)
		}
	}
}

func TestAHostThatAnswersRubbishIsNoHost(t *testing.T) {
	for name, b := range map[string]fleet.Behaviour{
		"nothing":    {Kind: fleet.Canned},
		"a greeting": {Kind: fleet.Canned, Stdout: []byte("welcome\n")},
		"half":       {Kind: fleet.Canned, Stdout: []byte("scanmaster-answer\nos=Linux\n")},
		"no facts":   {Kind: fleet.Canned, Stdout: []byte("scanmaster-answer\nos=Linux\nscanmaster-end\n")},
		"a flood":    {Kind: fleet.Canned, Stdout: []byte(strings.Repeat("x\n", 1<<16))},
		"a failure":  {Kind: fleet.Canned, Status: 127},
		"a signal":   {Kind: fleet.Signals},
		"silence":    {Kind: fleet.NeverEnds},
	} {
		t.Run(name, func(t *testing.T) {
			within := patience
			if b.Kind == fleet.NeverEnds {
				within = soon
			}
			if f, err := placeOf(t, b, within).Look(t.Context(), "/tmp"); err == nil {
				t.Errorf("got %+v", f)
			}
		})
	}
}

func TestWhatAShellSaysAtTheLoginIsNoAnswer(t *testing.T) {
	bin := t.TempDir()
	tool(t, bin, "sh", "#!/bin/sh\necho 'os=Plan9'\necho hello\nexec /bin/sh \"$@\"\n")
	if got := look(t, newPlace(t, "PATH="+bin+":/usr/bin:/bin"), "/tmp").OS; got != runtime.GOOS {
		t.Errorf("got %q", got)
	}
}

func TestAScanslaveOfOursTellsItsVersion(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"scanmaster 1.2 x\") }\n", 0o644)
	write(t, filepath.Join(dir, "go.mod"), "module x\n", 0o644)
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "scanslave"), ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := look(t, newPlace(t, "PATH="+bin+":/usr/bin:/bin"), "/tmp").Scanslave
	if got.Version != "scanmaster 1.2 x" || got.Classic {
		t.Errorf("got %+v", got)
	}
}
