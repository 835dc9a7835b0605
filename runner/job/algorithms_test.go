package job_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/spec/algorithm"
)

func TestAlgorithmsAreReadFromSSHOPTS(t *testing.T) {
	gex := "diffie-hellman-group-exchange-sha256"
	for line, change := range map[string]func(*job.TargetOptions){
		"-o KexAlgorithms=curve25519-sha256," + gex: func(o *job.TargetOptions) { o.KexAlgorithms = []string{"curve25519-sha256", gex} },
		"-oCIPHERS=aes256-ctr":                      func(o *job.TargetOptions) { o.Ciphers = []string{"aes256-ctr"} },
		"-o macs=hmac-sha2-512 -o MACs=hmac-sha1":   func(o *job.TargetOptions) { o.MACs = []string{"hmac-sha2-512"} }, // the first counts
		"-o HostKeyAlgorithms=ssh-rsa":              func(o *job.TargetOptions) { o.HostKeyAlgorithms = []string{"ssh-rsa"} },
		"-o HostKeyAlgorithms=+ssh-rsa": func(o *job.TargetOptions) {
			o.HostKeyAlgorithms = algorithm.HostKey.Defaults() // which have it
		},
		"-o KexAlgorithms=+" + gex: func(o *job.TargetOptions) {
			o.KexAlgorithms = append(algorithm.KeyExchange.Defaults(), gex)
		},
		"-o Ciphers=-*gcm*,*-ctr": func(o *job.TargetOptions) { o.Ciphers = []string{"chacha20-poly1305@openssh.com"} },
	} {
		got, err := job.ParseSSHOPTS(line)
		if want := defaults(change); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, %v, want\n%+v", line, got, err, want)
		}
	}
}

func TestAlgorithmsThatAreNotKnownAreRefused(t *testing.T) {
	for line, want := range map[string]string{
		"-o KexAlgorithms=sntrup761x25519-sha512":    `SSHOPTS: KexAlgorithms: there is no key exchange "sntrup761x25519-sha512"; there are mlkem768x25519-sha256, `,
		"-o Ciphers=aes256-ctr,aes256":               `SSHOPTS: Ciphers: there is no cipher "aes256"`,
		"-o MACs=hmac-sha2-256 -o MACs=umac-64":      `SSHOPTS: MACs: there is no MAC "umac-64"`, // though it doesn't count
		"-o HostKeyAlgorithms=ssh-dss":               `SSHOPTS: HostKeyAlgorithms: there is no host key algorithm "ssh-dss"`,
		"-o KexAlgorithms=":                          "KexAlgorithms has no value",
		"-o Ciphers=-*":                              "no cipher is left",
		"-o NewAlgorithms=ssh-ed25519":               "MACs and HostKeyAlgorithms can",
		"-o KexAlgorithms=curve25519-sha256,ssh-rsa": `there is no key exchange "ssh-rsa"`,
	} {
		if _, err := job.ParseSSHOPTS(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

func TestAlgorithmsAreWrittenAsSSHReadsThem(t *testing.T) {
	o := job.TargetOptions{
		User: "root", KexAlgorithms: []string{"curve25519-sha256", "ecdh-sha2-nistp256"}, Ciphers: []string{"aes256-ctr"},
		MACs: []string{"hmac-sha2-512"}, HostKeyAlgorithms: []string{"ssh-ed25519"},
	}
	const want = "-l root -o KexAlgorithms=curve25519-sha256,ecdh-sha2-nistp256 -o Ciphers=aes256-ctr -o MACs=hmac-sha2-512 -o HostKeyAlgorithms=ssh-ed25519"
	if got := o.SSHOPTS(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, name := range slices.Concat(algorithm.KeyExchange.Sound(), algorithm.KeyExchange.Weak()) {
		o := job.TargetOptions{KexAlgorithms: []string{name}}
		if read, err := job.ParseSSHOPTS(o.SSHOPTS()); err != nil || !slices.Equal(read.KexAlgorithms, o.KexAlgorithms) {
			t.Errorf("%s is read back as %q, %v", name, read.KexAlgorithms, err)
		}
	}
}

func TestWhatAConfigurationPrefersComesBehindWhatWasSaid(t *testing.T) {
	said := job.TargetOptions{MACs: []string{"hmac-sha2-512"}}
	// Names of other implementations are passed over, and an empty list says nothing.
	if err := said.Prefer("curve25519-sha256,sntrup4591761x25519-sha512@tinyssh.org", "", "hmac-sha1", "-ssh-rsa"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(said.KexAlgorithms, ","); got != "curve25519-sha256" {
		t.Errorf("key exchanges are %s", got)
	}
	if len(said.Ciphers) > 0 || strings.Join(said.MACs, ",") != "hmac-sha2-512" {
		t.Errorf("ciphers are %v, MACs %v", said.Ciphers, said.MACs)
	}
	if len(said.HostKeyAlgorithms) == 0 || slices.Contains(said.HostKeyAlgorithms, "ssh-rsa") {
		t.Errorf("host keys are %v", said.HostKeyAlgorithms)
	}
	none := job.TargetOptions{}
	if err := none.Prefer("", "rot13", "", ""); err == nil || !strings.Contains(err.Error(), "Ciphers: nothing is known here of rot13") {
		t.Error(err)
	}
}
