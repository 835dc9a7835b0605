package sshconfig

import "testing"

func TestJumpHostsAreReadAsSSHReadsThem(t *testing.T) {
	for text, want := range map[string]Hop{
		"bastion":               {"", "bastion", 0},
		"me@bastion:2222":       {"me", "bastion", 2222},
		"a@b@bastion":           {"a@b", "bastion", 0},
		"ssh://me@bastion:22/":  {"me", "bastion", 22},
		"[2001:db8::1]:22":      {"", "2001:db8::1", 22},
		"me@[2001:db8::1]":      {"me", "2001:db8::1", 0},
		"2001:db8::1":           {"", "2001:db8::1", 0},
		"bastion:0":             {},
		"bastion:x":             {},
		"":                      {},
		"me@":                   {},
		"-oProxyCommand=reboot": {},
	} {
		got, err := ParseHop(text)
		if got != want || (err == nil) != (want.Host != "") {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestTheLastHopIsReachedThroughTheOthers(t *testing.T) {
	for hosts, want := range map[string][2]string{"a": {"", "a"}, "a,b": {"a", "b"}, "a,b:1,c@d": {"a,b:1", "c@d"}} {
		if before, last := lastHop(hosts); before != want[0] || last != want[1] {
			t.Errorf("%s: %q, %q", hosts, before, last)
		}
	}
}
