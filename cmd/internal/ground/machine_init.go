//go:build e2e

package ground

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// init is what the machine's first process is at first: a script of bash that
// ends as sshd.
func (m *Machine) init(tb testing.TB) string {
	tb.Helper()
	last := find(tb, "sshd") + " -D -e -f " + m.path("sshd_config")
	if m.Unserved {
		last = "sleep infinity"
	}
	etc := ""
	for name, from := range map[string]string{
		"passwd": m.path("passwd"), "group": m.lan.Dir + "/group", "shadow": m.lan.Dir + "/shadow",
	} {
		etc += "mount --bind " + from + " /etc/" + name + "\n"
	}
	return fmt.Sprintf(`set -eu
hostname %s
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 755 /run/sshd
mkdir -m 1777 /run/screen
mount -t tmpfs -o mode=755 tmpfs /var/log
touch /var/log/lastlog /var/log/wtmp /run/utmp
mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount --bind /dev/pts/ptmx /dev/ptmx
%sip link set lo up
ip addr replace %s/24 dev eth0
ip addr replace %s/64 dev eth0 nodad
ip link set eth0 up
ip route replace %s via %s
%s
exec %s
`, m.Name, etc, m.Addr, m.Addr6, crowded, addr(1), strings.Join(m.Setup, "\n"), last)
}

func (m *Machine) sshdConfig() string {
	authorized := m.Authorized
	if authorized == "" {
		authorized = m.lan.Dir + "/authorized_keys"
	}
	var conf strings.Builder
	conf.WriteString(m.Config)
	for _, port := range m.Ports {
		fmt.Fprintf(&conf, "Port %d\n", port)
	}
	fmt.Fprintf(&conf, "HostKey %s\nAuthorizedKeysFile %s\n", m.path("host_key"), authorized)
	if len(m.Env) > 0 {
		conf.WriteString("SetEnv")
		for _, name := range slices.Sorted(maps.Keys(m.Env)) {
			fmt.Fprintf(&conf, " %s=%s", name, m.Env[name])
		}
		conf.WriteString("\n")
	}
	conf.WriteString(common)
	if !strings.Contains(m.Config, "Subsystem") {
		conf.WriteString(sftp)
	}
	return conf.String()
}

// The parts of a machine that may be other than they should, for Machine.Setup.

// Without hides programs of /usr/bin.
func Without(programs ...string) string {
	return `mkdir /run/without
mount -t tmpfs tmpfs /run/without
mkdir /run/without/upper /run/without/work
mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=/run/without/upper,workdir=/run/without/work /usr/bin
rm /usr/bin/` + strings.Join(programs, " /usr/bin/")
}

// Programs has the programs of a folder found first in every PATH.
func Programs(dir string) string { return "mount --bind " + dir + " /usr/local/bin" }

// Own gives a machine a folder of its own where others have a shared one, of a
// size as tmpfs(5) has it.
func Own(dir, size string) string {
	return "mount -t tmpfs -o mode=2770,gid=" + fmt.Sprint(ScanGID) + ",size=" + size + " tmpfs " + dir
}

// Gone lets a folder not be there; its neighbours are.
func Gone(dir string) string {
	parent := filepath.Dir(dir)
	return `mkdir /run/gone.all
mount --bind ` + parent + ` /run/gone.all
mount -t tmpfs -o mode=755 tmpfs ` + parent + `
for name in /run/gone.all/*; do
	[ "$name" = /run/gone.all/` + filepath.Base(dir) + ` ] && continue
	at=` + parent + `/${name##*/}
	if [ -d "$name" ]; then mkdir "$at"; else touch "$at"; fi
	mount --bind "$name" "$at"
done`
}

// ReadOnly lets a folder only be read.
func ReadOnly(dir string) string {
	return "mount --bind " + dir + " " + dir + "\nmount -o remount,bind,ro " + dir
}

// Deaf answers no ping.
const Deaf = "echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all"
