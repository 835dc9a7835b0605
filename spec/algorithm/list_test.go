package algorithm_test

import (
	"slices"
	"strings"
	"testing"

	"scanmaster/spec/algorithm"
)

func TestListsAreReadAsSSHReadsThem(t *testing.T) {
	macs := algorithm.MAC.Defaults()
	for list, want := range map[string][]string{
		"hmac-sha2-512":                              {"hmac-sha2-512"},
		"hmac-sha2-512,hmac-sha2-256":                {"hmac-sha2-512", "hmac-sha2-256"},
		"hmac-sha2-512,hmac-sha1-96,hmac-sha2-512":   {"hmac-sha2-512", "hmac-sha1-96"},
		"+hmac-sha1":                                 macs, // which has it
		"^hmac-sha1":                                 append([]string{"hmac-sha1"}, slices.DeleteFunc(slices.Clone(macs), func(m string) bool { return m == "hmac-sha1" })...),
		"-hmac-sha1*,*-etm@openssh.com,hmac-md5":     {"hmac-sha2-256", "hmac-sha2-512"},
		"-hmac-sha?,hmac-sha1-96,*@openssh.com,none": {"hmac-sha2-256", "hmac-sha2-512"},
	} {
		got, err := algorithm.MAC.Parse(list)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", list, got, err, want)
		}
	}
	kex, err := algorithm.KeyExchange.Parse("+diffie-hellman-group1-sha1")
	if n := len(kex); err != nil || kex[0] != algorithm.KeyExchange.Defaults()[0] || kex[n-1] != "diffie-hellman-group1-sha1" {
		t.Errorf("got %q, %v", kex, err)
	}
}

func TestListsThatSayNothingOfUseAreRefused(t *testing.T) {
	for list, want := range map[string]string{
		"":                       "empty",
		"+":                      `no cipher ""`,
		"^":                      `no cipher ""`,
		"-":                      `"" is no pattern`,
		"aes256-ctr,":            `no cipher ""`,
		"aes256":                 `no cipher "aes256"; there are aes128-gcm@openssh.com, `,
		"+aes256":                `no cipher "aes256"`,
		"aes256-ctr,-aes128-ctr": `no cipher "-aes128-ctr"`,
		"AES256-CTR":             `no cipher "AES256-CTR"`,
		"hmac-sha2-256":          "no cipher",
		"-*":                     "no cipher is left",
		"-[":                     "no pattern",
	} {
		if got, err := algorithm.Cipher.Parse(list); err == nil || got != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v, want %q", list, got, err, want)
		}
	}
}
