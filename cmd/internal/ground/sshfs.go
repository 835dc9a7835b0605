//go:build e2e

package ground

import (
	"os"
	"path/filepath"
	"testing"
)

// nfsLike are options of sshfs(1) that make it as slow to show news as NFS.
const nfsLike = "dcache_timeout=3,attr_timeout=3,entry_timeout=3,negative_timeout=3"

// Share has machines mount a folder of this one with sshfs(1), at the path that
// it gives, and where no events tell of what others do there. On this host that
// folder is empty; what is in it is seen on the machines alone.
func (m *Machine) Share(tb testing.TB, name string, clients ...*Machine) (at string) {
	tb.Helper()
	from, at := m.Exported(name), filepath.Join(m.lan.Dir, name)
	for _, dir := range []string{from, at} {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // users pass it
			tb.Fatal(err)
		}
	}
	if err := os.Chown(from, 0, ScanGID); err != nil {
		tb.Fatal(err)
	}
	if err := os.Chmod(from, 0o770|os.ModeSetgid); err != nil {
		tb.Fatal(err)
	}
	known := m.lan.write(tb, "known_hosts.nas", KnownHosts(m), 0o600)
	for _, c := range clients {
		c.Do(tb, "sshfs -o allow_other,default_permissions,BatchMode=yes,"+nfsLike+
			",IdentityFile="+m.lan.Key.Private+",UserKnownHostsFile="+known+" root@"+m.Addr+":"+from+" "+at)
	}
	return at
}

// Exported is the folder behind Share.
func (m *Machine) Exported(name string) string { return m.path("export", name) }
