//go:build e2e

package ground

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// Machine is a host of its own: network, processes, mounts, name, IPC. Process
// 1 is its sshd. The fields up to Addr are set before LAN.Add, the rest by it.
type Machine struct {
	// Name is its host name.
	Name string
	// Ports are those of its sshd; 22 where none is said.
	Ports []int
	// Authorized is a file of public keys instead of the network's own.
	Authorized string
	// Env is what its sessions find in their environment, on top.
	Env map[string]string
	// Setup are commands for bash that run before sshd starts, such as mounts.
	Setup []string
	// HomesOf is a machine whose homes are its homes too.
	HomesOf *Machine
	// Unserved has no sshd.
	Unserved bool
	// Config are further lines for sshd_config(5), before all others.
	Config string

	// Addr and Addr6 are its addresses.
	Addr, Addr6 string
	// HostKey is its public host key, as known_hosts has it.
	HostKey string

	lan   *LAN
	n     int
	space string
	cmd   *exec.Cmd
	gone  bool
}

// Add starts machines side by side and waits until all of them answer.
func (l *LAN) Add(tb testing.TB, machines ...*Machine) {
	tb.Helper()
	var commands []string
	for _, m := range machines {
		l.machines = append(l.machines, m)
		m.lan, m.n = l, len(l.machines)+9
		m.Addr, m.Addr6 = addr(m.n).String(), addr6(m.n).String()
		m.space = fmt.Sprintf("%s%d", tag, m.n)
		commands = append(commands, "netns add "+m.space,
			fmt.Sprintf("link add %s type veth peer name eth0 netns %s", m.link(), m.space),
			fmt.Sprintf("link set %s master %s up", m.link(), bridge))
		m.prepare(tb)
	}
	l.batch(tb, commands)
	for _, m := range machines {
		m.start(tb)
	}
	var group sync.WaitGroup
	for _, m := range machines {
		group.Go(func() { m.await(tb) })
	}
	group.Wait()
	if tb.Failed() {
		tb.FailNow()
	}
}

// start starts the machine's first process.
func (m *Machine) start(tb testing.TB) {
	tb.Helper()
	log, err := os.Create(m.path("log"))
	if err != nil {
		tb.Fatal(err)
	}
	defer log.Close()
	// Ended by the clean-up, which comes after the end of the test's context.
	m.cmd = exec.Command(m.lan.ip, "netns", "exec", m.space, find(tb, "bash"), m.path("init")) //nolint:noctx // see above
	m.cmd.Stdout, m.cmd.Stderr = log, log
	m.cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	m.cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWNS,
		Setsid:     true,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := m.cmd.Start(); err != nil {
		tb.Fatalf("%s: %v", m.Name, err)
	}
}

// await waits until sshd answers at all its ports.
func (m *Machine) await(tb testing.TB) {
	tb.Helper()
	for _, port := range m.Ports {
		if m.Unserved {
			continue
		}
		if err := awaitGreeting(tb, m.At(port)); err != nil {
			log, _ := os.ReadFile(m.path("log"))
			tb.Errorf("%s doesn't answer: %v\n%s", m.Name, err, log)
		}
	}
}

// At is the address of one of its ports.
func (m *Machine) At(port int) string { return net.JoinHostPort(m.Addr, strconv.Itoa(port)) }

// Home is a user's home folder.
func (m *Machine) Home(user string) string {
	if m.HomesOf != nil {
		return m.HomesOf.Home(user)
	}
	return m.path("home", user)
}

// path is that of a file of the machine's own.
func (m *Machine) path(names ...string) string {
	return filepath.Join(append([]string{m.lan.Dir, "machines", m.space}, names...)...)
}

func (m *Machine) link() string { return m.space + "v" }

// Cut pulls the machine's cable; Heal puts it back.
func (m *Machine) Cut(tb testing.TB) {
	tb.Helper()
	Run(tb, "ip", "link", "set", m.link(), "down")
}

// Heal ends what Cut began.
func (m *Machine) Heal(tb testing.TB) {
	tb.Helper()
	Run(tb, "ip", "link", "set", m.link(), "up")
}

// Freeze stops the machine's sshd: connections are made, and nothing is said.
// The clean-up ends it all the same.
func (m *Machine) Freeze(tb testing.TB) {
	tb.Helper()
	if err := m.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		tb.Fatal(err)
	}
}

// IsOn tells that the machine has power.
func (m *Machine) IsOn() bool { return !m.gone }

// PowerOff cuts the machine and kills all that runs there.
func (m *Machine) PowerOff(tb testing.TB) {
	tb.Helper()
	m.Cut(tb)
	m.kill()
	m.ended(tb)
}

// PowerOn starts a machine again that was without power, and waits until it
// answers. Its files are as they were, but for those in memory.
func (m *Machine) PowerOn(tb testing.TB) {
	tb.Helper()
	m.gone = false
	m.start(tb)
	m.Heal(tb)
	m.await(tb)
	if tb.Failed() {
		tb.FailNow()
	}
}

// RestartServer has sshd begin anew, as after a change of its configuration:
// what listens is replaced, and the sessions there are go on. Hang up ends
// those.
func (m *Machine) RestartServer(tb testing.TB) {
	tb.Helper()
	if err := m.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		tb.Fatal(err)
	}
	m.await(tb)
}

// HangUp ends all sessions of sshd, and what hangs on to them.
func (m *Machine) HangUp(tb testing.TB) {
	tb.Helper()
	m.Do(tb, "pkill -KILL -f '^sshd(-session)?: root' || true")
}

// kill kills process 1, and by that all others.
func (m *Machine) kill() {
	if m.cmd != nil && m.cmd.Process != nil && !m.gone {
		_ = m.cmd.Process.Kill()
	}
}

// ended waits until all processes of the machine have ended.
func (m *Machine) ended(tb testing.TB) {
	tb.Helper()
	if m.cmd == nil || m.cmd.Process == nil || m.gone {
		return
	}
	m.gone = true
	if exit := new(exec.ExitError); !errors.As(m.cmd.Wait(), &exit) {
		tb.Errorf("%s has ended by itself", m.Name)
	}
	if log, err := os.ReadFile(m.path("log")); tb.Failed() && err == nil {
		tb.Logf("%s:\n%s", m.Name, log[max(0, len(log)-1500):])
	}
}

// Command is one that runs on the machine as root, without SSH, in a folder.
func (m *Machine) Command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	argv := []string{
		"--target", strconv.Itoa(m.cmd.Process.Pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--",
		"sh", "-c", `cd "$0" && exec "$@"`, dir, name,
	}
	return exec.CommandContext(ctx, "nsenter", append(argv, args...)...)
}

// Root is where this host sees the machine's file system, with all that is
// mounted there.
func (m *Machine) Root() string { return fmt.Sprintf("/proc/%d/root", m.cmd.Process.Pid) }

// Do runs a shell command on the machine, as root and without SSH, and gives
// what it prints. It fails the test where that fails.
func (m *Machine) Do(tb testing.TB, script string) string {
	tb.Helper()
	out, err := m.Command(tb.Context(), "/", "bash", "-euc", script).CombinedOutput()
	if err != nil {
		tb.Fatalf("%s: %s: %v\n%s", m.Name, script, err, out)
	}
	return string(out)
}

// Netns is the name of its network namespace.
func (m *Machine) Netns() string { return m.space }

// Log is what its sshd has said so far.
func (m *Machine) Log(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile(m.path("log"))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}
