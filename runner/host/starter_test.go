package host_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// TestAStarterThatBecomesTheWorkerIsNeverTakenForEnded has the script that starts
// a worker become it right after the first look through the processes: the
// host's grep lets it, and waits for that.
func TestAStarterThatBecomesTheWorkerIsNeverTakenForEnded(t *testing.T) {
	for name, runs := range map[string]func(p place, l job.Layout) (bool, error){
		"how far it is": func(p place, l job.Layout) (bool, error) {
			s, err := p.Begun(t.Context(), l, "xaa", 0)
			return s.Runs && s.State != host.Ended, err
		},
		"whether it lives": func(p place, l job.Layout) (bool, error) { return p.Alive(t.Context(), l, "xaa") },
	} {
		t.Run(name, func(t *testing.T) {
			c, layout := launchOf(t, plan.ViaProcess)
			bin := t.TempDir()
			p := newPlace(t, "PATH="+bin+":/usr/bin:/bin", "BIN="+bin)
			tool(t, bin, "scanslave", "#!/bin/sh\nsleep 60\n")
			script := filepath.Join(p.home, c.Script)
			if err := os.MkdirAll(filepath.Dir(script), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, script, "until [ -e "+bin+"/go ]; do sleep 0.01; done\nexec "+bin+"/scanslave -A pubkey s "+layout.Chunk("xaa")+"\n", 0o600)
			cmd := exec.CommandContext(t.Context(), "sh", c.Script)
			cmd.Dir = p.home
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_ = cmd.Process.Kill()
				_ = cmd.Wait() // it was killed
			})
			tool(t, bin, "grep", `#!/bin/sh
/usr/bin/grep "$@"
status=$?
if mkdir "$BIN/once" 2>/dev/null; then
	: >"$BIN/go"
	until /usr/bin/grep -qs scanslave /proc/`+strconv.Itoa(cmd.Process.Pid)+`/cmdline; do sleep 0.01; done
fi
exit $status
`)
			if works, err := runs(p, layout); !works || err != nil {
				t.Errorf("it counts as ended: %v", err)
			}
			if _, err := os.Stat(bin + "/once"); err != nil {
				t.Error("the processes were looked through by another program")
			}
		})
	}
}
