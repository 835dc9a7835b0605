package sshconfig

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// texts are files of a configuration, by their paths below the home.
type texts map[string]string

// write writes them, "SYSTEM" beside the home, and gives both.
func (x texts) write(t *testing.T) (home, system string) {
	t.Helper()
	home = t.TempDir()
	for name, text := range x {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home, filepath.Join(home, "SYSTEM")
}

func (x texts) read(t *testing.T) (*Config, string) {
	t.Helper()
	home, system := x.write(t)
	c, err := Read(Env{Home: home, User: "me", Host: "scan1.example.com"}, system)
	if err != nil {
		t.Fatal(err)
	}
	return c, home
}

func TestTheFirstValueHolds(t *testing.T) {
	c, home := texts{
		".ssh/config": `
# the user's
Host web1 db?
	HostName %h.example.com
	User = headless
	IdentityFile ~/.ssh/one
	IdentityFile "%d/.ssh/two of %r"
	StrictHostKeyChecking accept-new
Host !web1 web*
	Port 2222 # of all others
Host *
	User "some one"
	"Port" https
	ConnectTimeout 1M7s
	IdentitiesOnly yes
`,
		"SYSTEM": "Host *\n  SendEnv LANG LC_*\n  HashKnownHosts yes\n  User system\n  UserKnownHostsFile ~/.ssh/known /etc/known\n  Ciphers ^aes128-ctr\n",
	}.read(t)
	o, err := c.For("web1", "")
	if err != nil {
		t.Fatal(err)
	}
	want := Options{
		HostName: "web1.example.com", User: "headless", Port: 443, ConnectTimeout: 67, IdentitiesOnly: true, HostKeys: "accept-new",
		Identities: []string{home + "/.ssh/one", home + "/.ssh/two of headless"},
		KnownHosts: []string{home + "/.ssh/known", "/etc/known"}, KnownHostsSaid: true, Ciphers: "^aes128-ctr",
	}
	if !same(o, want) {
		t.Errorf("%+v\nand not %+v", o, want)
	}
	for host, want := range map[string]int{"web2": 2222, "db1": 443, "db10": 443, "WEB9": 443} {
		if o, err := c.For(host, ""); err != nil || o.Port != want {
			t.Errorf("%s: %d, %v", host, o.Port, err)
		}
	}
	if o, _ := c.For("db1", ""); o.HostName != "db1.example.com" {
		t.Error(o.HostName)
	}
}

func same(a, b Options) bool {
	lists := slices.Equal(a.Identities, b.Identities) && slices.Equal(a.Certificates, b.Certificates) && slices.Equal(a.KnownHosts, b.KnownHosts)
	a.Identities, a.Certificates, a.KnownHosts, b.Identities, b.Certificates, b.KnownHosts = nil, nil, nil, nil, nil, nil
	return lists && a.HostName == b.HostName && a.User == b.User && a.Port == b.Port && a.ConnectTimeout == b.ConnectTimeout &&
		a.IdentitiesOnly == b.IdentitiesOnly && a.HostKeys == b.HostKeys && a.KnownHostsSaid == b.KnownHostsSaid && a.Ciphers == b.Ciphers &&
		a.ProxyJump == b.ProxyJump
}

// TestWhatDistributionsShipIsRead has the files of Debian, Fedora and systemd.
func TestWhatDistributionsShipIsRead(t *testing.T) {
	c, _ := texts{
		"SYSTEM": "Include etc/*.conf\nHost *\n    SendEnv LANG LC_* COLORTERM NO_COLOR\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n",
		"etc/20-systemd-ssh-proxy.conf": "Host unix/* vsock/* machine/*\n    ProxyCommand /usr/lib/systemd/systemd-ssh-proxy %h %p\n" +
			"    ProxyUseFdpass yes\n    CheckHostIP no\nHost .host machine/.host\n    ProxyCommand x\n",
		"etc/50-redhat.conf": "Match final all\n  Include crypto/openssh.config\n  GSSAPIAuthentication yes\n  ForwardX11Trusted yes\n",
		"crypto/openssh.config": "Ciphers aes256-gcm@openssh.com,aes128-ctr\nMACs hmac-sha2-256\nGSSAPIKexAlgorithms x\n" +
			"KexAlgorithms curve25519-sha256\nPubkeyAcceptedAlgorithms x\nCASignatureAlgorithms x\nRequiredRSASize 2048\nHostKeyAlgorithms ssh-ed25519\n",
	}.read(t)
	o, err := c.For("web1", "")
	if err != nil || o.Ciphers != "aes256-gcm@openssh.com,aes128-ctr" || o.HostKeyAlgorithms != "ssh-ed25519" || o.MACs != "hmac-sha2-256" || o.KexAlgorithms != "curve25519-sha256" {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := c.For("unix/run/x", ""); err == nil || !strings.HasSuffix(err.Error(), "20-systemd-ssh-proxy.conf:2: ProxyCommand applies to unix/run/x, and isn't understood here; take it out for that host") {
		t.Error(err)
	}
}

func TestMatchJudgesNames(t *testing.T) {
	c, _ := texts{".ssh/config": `
Match originalhost web1
	HostName real.example.com
Match host real.example.com user root,admin
	Port 1
Match host real.example.com localuser me
	ConnectTimeout 2
Match !host real.* all
	ConnectTimeout 3
Match final host=real.example.com
	ProxyJump one,two
Match all
	User last
`}.read(t)
	for _, x := range []struct {
		host, user    string
		port, timeout int
		jump          string
	}{{"web1", "root", 1, 2, "one,two"}, {"web1", "me", 0, 2, "one,two"}, {"web2", "", 0, 3, ""}} {
		o, err := c.For(x.host, x.user)
		if err != nil || o.Port != x.port || o.ConnectTimeout != x.timeout || o.ProxyJump != x.jump || o.User != "last" {
			t.Errorf("%s@%s: %+v, %v", x.user, x.host, o, err)
		}
	}
}

// TestTheLastPassKnowsTheNameThatIsConnectedTo has what Fedora ships, by which there
// is one for all hosts.
func TestTheLastPassKnowsTheNameThatIsConnectedTo(t *testing.T) {
	c, _ := texts{
		".ssh/config": "Host web1\n HostName real.example.com\n IdentityFile /k\nHost real.example.com\n Port 2222\n",
		"SYSTEM":      "Match final all\n HostName late\n",
	}.read(t)
	o, err := c.For("web1", "")
	if want := (Options{HostName: "real.example.com", Port: 2222, Identities: []string{"/k"}}); err != nil || !same(o, want) {
		t.Errorf("%+v, %v, want %+v", o, err, want)
	}
}

func TestWhatIsNotUnderstoodIsAnErrorWhereItApplies(t *testing.T) {
	for text, want := range map[string]string{
		"ProxyCommand nc %h %p":                           "1: ProxyCommand applies to web1, and isn't understood here",
		"HostKeyAlias x":                                  "1: HostKeyAlias applies to web1",
		"CanonicalizeHostname yes":                        "1: CanonicalizeHostname applies to web1",
		"RefuseConnection \"gone\"":                       "1: RefuseConnection applies to web1",
		"VerifyHostKeyDNS ask":                            "1: VerifyHostKeyDNS applies to web1",
		"Host web*\nKnownHostsCommand /x":                 "2: KnownHostsCommand applies",
		"NewFangled yes":                                  "1: NewFangled applies",
		"Match exec true\n User x":                        `1: whether "Match exec true" holds for web1 can't be known here, and User below it would`,
		"Match host web1 exec true\nMatch exec a\nPort 3": `2: whether "Match exec a" holds`,
		"Match exec x\nInclude sub\n":                     `1: whether "Match exec x" holds`,
		"Port 0":                                          `1: Port is a number from 1 to 65535, or a service's name, not "0"`,
		"Port nothing-of-the-kind":                        `1: Port is a number from 1 to 65535, or a service's name, not "nothing`,
		"ConnectTimeout 0":                                "1: ConnectTimeout is a time of a second or more, such as 30 or 1m, not",
		"ConnectTimeout 1.5m1ms":                          "1: ConnectTimeout is a time",
		"ConnectTimeout -1h":                              "1: ConnectTimeout is a time",
		`"Port 22`:                                        `1: "\"Port 22" has no value`,
		"StrictHostKeyChecking perhaps":                   `1: StrictHostKeyChecking can't be "perhaps"`,
		"IdentityFile %Z":                                 "1: IdentityFile: %Z isn't understood here",
		"IdentityFile ${NOBODY}/x":                        "1: IdentityFile: the environment has no NOBODY",
		"IdentityFile \"~/x":                              "",
		"User":                                            "",
		"Match host":                                      "1: Match host has no value",
		"IgnoreUnknown New*\nNewFangled yes\nOldFangled yes": "3: OldFangled applies",
	} {
		home, system := texts{".ssh/config": text + "\n", ".ssh/sub": "User x\n"}.write(t)
		c, err := Read(Env{Home: home, User: "me"}, system)
		if err == nil {
			_, err = c.For("web1", "")
		}
		where := new(Error)
		if !errors.As(err, &where) || !strings.HasPrefix(err.Error(), home) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestWhatDoesNotApplyIsNoError(t *testing.T) {
	for _, text := range []string{
		"Host db*\nProxyCommand x\n", "Match exec x\nSendEnv LANG\n", "Match host db exec x\nUser y\n",
		"ProxyCommand none\n", "Host !web1 *\nHostKeyAlias x\n", "Match user root\nProxyCommand x\n", "",
		"IgnoreUnknown UseKeychain\nUseKeychain yes\n", "UpdateHostKeys no\nAddKeysToAgent yes\n",
	} {
		c, _ := texts{".ssh/config": text}.read(t)
		if _, err := c.For("web1", ""); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	c, _ := texts{".ssh/config": "ProxyCommand none\nProxyJump bastion\n"}.read(t)
	if o, err := c.For("web1", ""); err != nil || o.ProxyJump != "" {
		t.Errorf("ProxyJump after ProxyCommand none: %+v, %v", o, err)
	}
}

func TestFilesThatIncludeEachOtherAreAnError(t *testing.T) {
	home, system := texts{".ssh/config": "Include config\n"}.write(t)
	_, err := Read(Env{Home: home}, system)
	if err == nil || !strings.Contains(err.Error(), "config:1: files include each other over 16 deep") {
		t.Error(err)
	}
	if c, err := Read(Env{Home: t.TempDir()}, system); err != nil || !c.IsEmpty() {
		t.Errorf("%+v, %v", c, err)
	}
	if err := os.Mkdir(filepath.Join(home, "SYSTEM"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(Env{}, system); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder: %v", err)
	}
}

// BenchmarkFor is what each target costs under the files of a distribution.
func BenchmarkFor(b *testing.B) {
	home := b.TempDir()
	system := filepath.Join(home, "SYSTEM")
	text := "Host unix/* vsock/*\n ProxyCommand x\nHost *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n"
	if err := os.WriteFile(system, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	c, err := Read(Env{Home: home}, system)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if o, err := c.For("10.0.0.1", ""); err != nil || !o.Silent {
			b.Fatal(o, err)
		}
	}
}
