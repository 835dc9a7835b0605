//go:build e2e

package ground

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ssh runs a command on a machine with ssh(1), and gives what it prints.
func (m *Machine) ssh(t *testing.T, user, command string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	known := m.lan.write(t, "known_hosts", KnownHosts(m.lan.machines...), 0o600)
	cmd := exec.CommandContext(ctx, "ssh", "-tt", "-F", "none", "-o", "BatchMode=yes", "-o", "UserKnownHostsFile="+known,
		"-o", "ConnectTimeout=2", "-o", "LogLevel=ERROR", "-i", m.lan.Key.Private, "-p", fmt.Sprint(m.Ports[0]),
		user+"@"+m.Addr, command)
	cmd.Env = append(os.Environ(), "TERM=xterm")
	out, err := cmd.CombinedOutput()
	return strings.ReplaceAll(string(out), "\r", ""), err
}

// want fails the test unless a command on the machine prints what it should.
func (m *Machine) want(t *testing.T, user, command, want string) {
	t.Helper()
	if got, err := m.ssh(t, user, command); err != nil || got != want {
		t.Errorf("%s@%s: %s: %q (%v), want %q", user, m.Name, command, got, err, want)
	}
}

// TestRealMachinesAreHostsOfTheirOwn holds what tests of worker hosts rely on.
func TestRealMachinesAreHostsOfTheirOwn(t *testing.T) {
	l := NewLAN(t)
	share := filepath.Join(l.Dir, "share", "scanmaster")
	if err := os.MkdirAll(share, 0o755); err != nil { //nolint:gosec // users of the machines read it
		t.Fatal(err)
	}
	l.write(t, "share/scanmaster/seen", "here\n", 0o644)
	plain := &Machine{Name: "plain", Ports: []int{22, 2222}, Env: map[string]string{"KIND": "fine"}}
	one := &Machine{Name: "one", Setup: []string{Own(share, "1m"), Without("screen"), Deaf}}
	two := &Machine{Name: "two", HomesOf: plain, Setup: []string{ReadOnly(share)}}
	gone := &Machine{Name: "gone", Setup: []string{Gone(share)}}
	l.Add(t, plain, one, two, gone)

	plain.want(t, "root", "hostname; echo $KIND $HOME; cat "+share+"/seen",
		"plain\nfine "+plain.Home("root")+"\nhere\n")
	plain.want(t, "scan1", "id -un; id -gn; stat -c '%U %a' ~/.ssh/target; id -u", "scan1\nscan\nscan1 600\n21371\n")
	two.want(t, "scan2", "echo ~; test -w "+share+" || echo no", plain.Home("scan2")+"\nno\n")
	two.want(t, "root", "touch "+share+"/x 2>&1 || true", "touch: cannot touch '"+share+"/x': Read-only file system\n")
	one.want(t, "root", "ls "+share+"; stat -f -c '%T %b' "+share, "tmpfs 256\n")
	one.want(t, "root", "command -v screen || echo none", "none\n")
	gone.want(t, "root", "test -e "+share+" || echo gone", "gone\n")
	for user := range uids {
		plain.want(t, user, "setsid screen -dmS mine sleep 1000; for i in 1 2 3 4 5 6 7 8 9; do sleep .2; screen -ls | grep -o mine && break; done", "mine\n")
	}
	if plain.Do(t, "pgrep -c screen") != "3\n" {
		t.Errorf("there are not three sessions:\n%s", plain.Do(t, "ps ax"))
	}
	if exec.CommandContext(t.Context(), "ping", "-c", "1", "-W", "1", one.Addr).Run() == nil {
		t.Error("a deaf machine answers a ping")
	}
	for _, address := range []string{plain.Addr, plain.Addr6} {
		Run(t, "ping", "-c", "1", "-W", "2", address)
	}
	testFailures(t, plain, two)
}

// testFailures cuts, freezes and kills.
func testFailures(t *testing.T, plain, two *Machine) {
	t.Helper()
	plain.Cut(t)
	if out, err := plain.ssh(t, "root", "true"); err == nil {
		t.Errorf("a cut machine answers %q", out)
	}
	plain.Heal(t)
	plain.want(t, "root", "echo healed", "healed\n")
	two.Freeze(t)
	if err := exec.CommandContext(t.Context(), "ping", "-c", "1", "-W", "2", two.Addr).Run(); err != nil {
		t.Errorf("a frozen machine is off: %v", err)
	}
	pid := plain.cmd.Process.Pid
	plain.PowerOff(t)
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil {
		t.Error("a machine without power has processes")
	}
	plain.PowerOn(t)
	plain.want(t, "root", "echo on again; ip route get 10.214.1.2 | grep -o 'via 10.213.7.1'", "on again\nvia 10.213.7.1\n")
	plain.Do(t, "ping -c 1 -W 2 10.214.1.2")
	plain.RestartServer(t)
	plain.want(t, "root", "echo begun anew", "begun anew\n")
}

// TestRealShareBySSHFS has machines that share a folder as over NFS.
func TestRealShareBySSHFS(t *testing.T) {
	Need(t, "sshfs", "fusermount3")
	l := NewLAN(t)
	nas, one, two := &Machine{Name: "nas"}, &Machine{Name: "one"}, &Machine{Name: "two"}
	l.Add(t, nas, one, two)
	at := nas.Share(t, "export", one, two)
	one.Do(t, "echo hello >"+at+"/a")
	if got := two.Do(t, "cat "+at+"/a"); got != "hello\n" {
		t.Errorf("%q", got)
	}
	if got := two.Do(t, "stat -f -c %T "+at); got != "fuseblk\n" {
		t.Errorf("the share is %q", got)
	}
	two.want(t, "scan1", "cat "+at+"/a", "hello\n")
}

// TestRealLANLeavesNothing sets one up and looks for what is left of it.
func TestRealLANLeavesNothing(t *testing.T) {
	var l *LAN
	t.Run("up", func(t *testing.T) {
		l = NewLAN(t)
		m := &Machine{Name: "m"}
		l.Add(t, m)
		m.want(t, "root", "setsid sleep 7654321 </dev/null >/dev/null 2>&1 & echo $((2+2))", "4\n")
	})
	for _, pattern := range []string{"/run/netns/" + tag + "*", "/sys/class/net/" + tag + "*", folders + "*"} {
		if left, _ := filepath.Glob(pattern); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "pgrep", "-f", "sleep 7654321").Output(); err == nil {
		t.Errorf("still running: %s", out)
	}
	if mounts, err := os.ReadFile("/proc/self/mounts"); err != nil || strings.Contains(string(mounts), l.Dir) {
		t.Errorf("something is mounted: %s (%v)", mounts, err)
	}
}
