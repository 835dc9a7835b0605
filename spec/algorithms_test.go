package spec_test

import (
	"strings"
	"testing"

	"scanmaster/spec"
)

func TestTheAlgorithmThatWasMeantIsNamed(t *testing.T) {
	for said, want := range map[string]string{
		"kex: [curve25519-sha265]":        "did you mean curve25519-sha256? there are mlkem768x25519-sha256, ",
		"kex: [Curve25519]":               "did you mean curve25519-sha256? ",
		"ciphers: [aes256-gcm]":           "did you mean aes256-gcm@openssh.com? ",
		"ciphers: [aes128_cbc]":           "did you mean aes128-cbc? ",
		"macs: [hmac-sha256]":             "did you mean hmac-sha2-256? ",
		"host_keys: [ed25519]":            "did you mean ssh-ed25519? ",
		"host_keys: [rsa]":                "did you mean rsa-sha2-512? ",
		"host_keys: [ssh-dss]":            "did you mean ssh-rsa? ", // the nearest, and a weak one
		"macs: [umac-64-etm@openssh.com]": "there are hmac-sha2-256-etm@openssh.com, ",
		"ciphers: [none]":                 "there are aes128-gcm@openssh.com, ",
	} {
		_, problems := spec.Parse("scan.yaml", []byte("version: 1\nname: n\ninput: i\nremote: r\nhosts: [local]\ntargets: {algorithms: {"+said+"}}\n"))
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Hint, want) || !strings.Contains(problems[0].Hint, "; weak ones: ") {
			t.Errorf("%s: %v, want %q", said, problems, want)
		}
	}
}
