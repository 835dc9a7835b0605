//go:build e2e

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// hidden ends a process of nobody's where nobody sees what those of others are.
const hidden = `mount -o remount,hidepid=1 /proc
setpriv --reuid 65534 --regid 65534 --clear-groups sh -c '
	cat /proc/1/stat 2>/dev/null && exit 9
	sleep 1000 &
	"$0" tkill -t 0 -c sleep || exit
	wait $!
	[ $? = 143 ]' "$0"
exit $? # this shell is process 1`

// TestRealTkillWhereOthersAreHidden has who isn't root find one's own.
func TestRealTkillWhereOthersAreHidden(t *testing.T) {
	t.Parallel()
	ground.Need(t, "unshare", "setpriv")
	base := t.TempDir()
	for _, dir := range []string{base, filepath.Dir(base)} {
		if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // nobody runs what is in it
			t.Fatal(err)
		}
	}
	s := newSceneIn(t, base)
	cmd := exec.CommandContext(t.Context(), "unshare", "-mpf", "--mount-proc", "sh", "-ec", hidden, s.program)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
