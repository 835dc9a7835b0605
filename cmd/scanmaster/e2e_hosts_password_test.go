//go:build e2e

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"

	"scanmaster/cmd/internal/autopw"
	"scanmaster/cmd/internal/ground"
)

// typed gives root a password on a machine, in the way of crypt(3).
const typed = `hash=$(perl -e 'print crypt("s3cret", "\$6\$saltsalt")')
printf 'root:%s:1::::::\nsshd:!:1::::::\n' "$hash" >/run/shadow
chmod 600 /run/shadow
mount --bind /run/shadow /etc/shadow`

// TestRealTargetsTakeAPassword has one sshd with PasswordAuthentication and one that
// asks by PAM alone. The password is mistyped once.
func TestRealTargetsTakeAPassword(t *testing.T) {
	f := newFarm(t)
	const common = "PermitRootLogin yes\nPubkeyAuthentication no\n"
	machines := []*ground.Machine{
		{Name: "plain", Setup: []string{typed}, Config: common + "PasswordAuthentication yes\n"},
		{Name: "pam", Setup: []string{typed}, Config: common + "UsePAM yes\nKbdInteractiveAuthentication yes\n"},
	}
	f.lan.Add(t, machines...)
	words := []string{
		"-PH", "-A", "password", "-n", "8", "-r", f.write(t, "remote.sh", "echo this is $(hostname)\n"),
		"-f", f.write(t, "list", listed(machines)), "-o", f.dir,
	}
	self := filepath.Join(f.dir, "checkhosts")
	if err := os.Symlink(f.program, self); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, words...)
	cmd.Env = append(slices.Clone(f.env), "SSHOPTS=-l root", "HOME="+f.dir, "XDG_STATE_HOME="+f.dir)
	terminal, err := autopw.Start(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, terminal: terminal, cmd: cmd, ended: make(chan struct{})}
	go c.watch()
	defer terminal.Close()
	c.await("root on the targets, password: ")
	c.types("s3cred\r")
	c.await(" refused it; root on the targets, password: ")
	c.types("s3cret\r")
	if status := c.status(); status != 0 {
		t.Errorf("status %d: %q", status, c.text())
	}
	want := greeted(listed(machines))
	if got := sortedLines(read(t, filepath.Join(f.dir, "hosts_ok"))); strings.Join(got, "\n")+"\n" != strings.Join(want, "") {
		t.Errorf("%q, want %q\n%s\n%s", got, want, machines[0].Log(t), machines[1].Log(t))
	}
	refused := strings.Count(machines[0].Log(t)+machines[1].Log(t), "Failed password") + strings.Count(machines[1].Log(t), "Failed keyboard-interactive")
	if refused != 1 {
		t.Errorf("refused %d times:\n%s\n%s", refused, machines[0].Log(t), machines[1].Log(t))
	}
}
