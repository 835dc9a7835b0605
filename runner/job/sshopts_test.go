package job_test

import (
	"reflect"
	"strings"
	"testing"

	"scanmaster/runner/job"
)

// defaults is how targets are reached where nothing is said, with a change.
func defaults(change func(*job.TargetOptions)) job.TargetOptions {
	o := job.TargetOptions{Port: 22, HostKeys: job.HostKeyNew}
	if change != nil {
		change(&o)
	}
	return o
}

func TestSSHOPTSAreReadAsSSHReadsThem(t *testing.T) {
	for line, change := range map[string]func(*job.TargetOptions){
		"":                               nil,
		"  \t\n":                         nil,
		"-l root -p 2222":                func(o *job.TargetOptions) { o.User, o.Port = "root", 2222 },
		"-lroot -p2222 -i/k":             func(o *job.TargetOptions) { o.User, o.Port, o.Identities = "root", 2222, []string{"/k"} },
		"-o User=root -oPort=2222":       func(o *job.TargetOptions) { o.User, o.Port = "root", 2222 },
		"-o uSER=root -l admin":          func(o *job.TargetOptions) { o.User = "root" }, // the first value counts
		"-p 22 -p 2222":                  nil,
		"-p https -p ssh":                func(o *job.TargetOptions) { o.Port = 443 },
		"-i /a -o IdentityFile=/b -i /c": func(o *job.TargetOptions) { o.Identities = []string{"/a", "/b", "/c"} },
		"-o UserKnownHostsFile=/a -o userknownhostsfile=/b=c":         func(o *job.TargetOptions) { o.KnownHosts = []string{"/a", "/b=c"} },
		"-o StrictHostKeyChecking=yes":                                func(o *job.TargetOptions) { o.HostKeys = "yes" },
		"-o StrictHostKeyChecking=TRUE":                               func(o *job.TargetOptions) { o.HostKeys = "yes" },
		"-o StrictHostKeyChecking=Off":                                func(o *job.TargetOptions) { o.HostKeys = "no" },
		"-o stricthostkeychecking=false":                              func(o *job.TargetOptions) { o.HostKeys = "no" },
		"-o StrictHostKeyChecking=no -o StrictHostKeyChecking=yes":    func(o *job.TargetOptions) { o.HostKeys = "no" },
		"-o StrictHostKeyChecking=accept-new":                         nil,
		"-o ConnectTimeout=7 -oConnectTimeout=9":                      func(o *job.TargetOptions) { o.ConnectTimeout = 7 },
		"-J a,b -o ProxyJump=c":                                       func(o *job.TargetOptions) { o.ProxyJump = "a,b" },
		"-qvCTx -o BatchMode=yes -o serveraliveinterval=15":           nil,
		"-o ConnectTimeout=1m -o AddressFamily=any -o LogLevel=ERROR": func(o *job.TargetOptions) { o.ConnectTimeout = 60 },
		"-qTx -o CertificateFile=/c":                                  func(o *job.TargetOptions) { o.Certificates = []string{"/c"} },
		"-o IdentitiesOnly=yes -o IdentitiesOnly=no":                  func(o *job.TargetOptions) { o.IdentitiesOnly, o.OnlySaid = true, true },
		"-l root --": func(o *job.TargetOptions) { o.User = "root" },
	} {
		got, err := job.ParseSSHOPTS(line)
		got.PortSaid, got.HostKeysSaid = false, false
		if want := defaults(change); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, %v, want\n%+v", line, got, err, want)
		}
	}
}

func TestSSHOPTSThatCannotBeHonouredAreRefusedByName(t *testing.T) {
	for line, want := range map[string]string{
		"-o ProxyCommand=/bin/x":         "option ProxyCommand can't be honoured; User, Port, IdentityFile",
		"-o HostName=x":                  "option HostName can't",
		"-o AddressFamily=inet6":         "option AddressFamily can't",
		"-o Newfangled=yes":              "option Newfangled can't",
		"-L 80":                          "-L can't be honoured; -J, -i, -l, -o and -p can",
		"-W jump":                        "-W can't",
		"-v4l root":                      "-4 can't",
		"-o User":                        "-o User has no value",
		"-o User root":                   "-o User has no value",
		"-o User=":                       "User has no value",
		"-o =root":                       "option  can't",
		"-l":                             "-l wants a value",
		"root@host":                      `"root@host" is no option`,
		"-l root host":                   `"host" is no option`,
		"-":                              `"-" is no option`,
		"-l -x":                          "begin with a hyphen",
		"-l root -o User=-x":             "begin with a hyphen", // though it doesn't count
		"-p 0":                           "Port is a number from 1 to 65535",
		"-p 65536":                       "Port is a number",
		"-p 22 -p none":                  `a service's name, not "none"`,
		"-o ConnectTimeout=0":            "ConnectTimeout is a time of a second or more",
		"-o StrictHostKeyChecking=ask":   "accept-new, yes or no",
		"-o StrictHostKeyChecking=maybe": "accept-new, yes or no",
	} {
		got, err := job.ParseSSHOPTS(line)
		if err == nil || !strings.HasPrefix(err.Error(), "SSHOPTS: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
		if !reflect.DeepEqual(got, job.TargetOptions{}) {
			t.Errorf("%s: %+v comes with the error", line, got)
		}
	}
}

func TestSSHOPTSAreInOpenSSHsOwnNames(t *testing.T) {
	o := job.TargetOptions{
		User: "headless", Port: 2222, Identities: []string{"~/.ssh/a", "~/.ssh/b"}, HostKeys: job.HostKeyYes,
		KnownHosts: []string{"/k"}, ConnectTimeout: 7,
	}
	const want = "-l headless -i ~/.ssh/a -i ~/.ssh/b -p 2222 -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/k -o ConnectTimeout=7"
	if got := o.SSHOPTS(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := (job.TargetOptions{}).SSHOPTS(); got != "" {
		t.Errorf("nothing said gives %q", got)
	}
}

// FuzzSSHOPTS holds that what was read, written and read again is the same.
func FuzzSSHOPTS(f *testing.F) {
	f.Add("-l headless -i ~/.ssh/a -p 2222 -o StrictHostKeyChecking=accept-new -oConnectTimeout=7")
	f.Add("-oMACs=-hmac-sha1* -o Ciphers=+aes128-cbc -o HostKeyAlgorithms=^ssh-rsa -oKexAlgorithms=curve25519-sha256")
	f.Add("-p22 -o userknownhostsfile==\xff -i -o -i--")
	f.Fuzz(func(t *testing.T, line string) {
		o, err := job.ParseSSHOPTS(line)
		if err != nil {
			return
		}
		again, err := job.ParseSSHOPTS(o.SSHOPTS())
		o.PortSaid, o.HostKeysSaid = true, true // defaults are written, too
		if err != nil || !reflect.DeepEqual(again, o) {
			t.Errorf("%q is %+v, as %q read back as %+v, %v", line, o, o.SSHOPTS(), again, err)
		}
		if o.Port < 1 || o.Port > 65535 || o.HostKeys == "" || strings.HasPrefix(o.User, "-") {
			t.Errorf("%q gives %+v", line, o)
		}
	})
}
