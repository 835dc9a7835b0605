package chunk_test

import (
	"testing"

	"scanmaster/runner/chunk"
)

func TestTheIPIsConnectedToUnlessTheNameIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		line   string
		byName bool
		host   string
		port   int
	}{
		{"web1", false, "web1", 22},
		{"web1", true, "web1", 22},
		{"web1 10.0.0.5", false, "10.0.0.5", 22},
		{"web1 10.0.0.5", true, "web1", 22},
		{"web1 10.0.0.5:2222", false, "10.0.0.5", 2222},
		{"web1:2222", false, "web1", 2222},
		{"2001:db8::7", false, "2001:db8::7", 22},
		{"[2001:db8::7]", false, "2001:db8::7", 22},
		{"web1 [2001:db8::7]:65535", false, "2001:db8::7", 65535},
		{"fe80::1%eth0", false, "fe80::1%eth0", 22},
		{"[fe80::1%eth0]:1", false, "fe80::1%eth0", 1},
		{"web1 ::ffff:10.0.0.5", false, "::ffff:10.0.0.5", 22},
	} {
		host, port := parse(t, c.line).Address(c.byName, 22)
		if host != c.host || port != c.port {
			t.Errorf("%q by name %v: %s, %d, want %s, %d", c.line, c.byName, host, port, c.host, c.port)
		}
	}
}

func TestAPortIsTheTargetsWhicheverFieldSaysIt(t *testing.T) {
	for _, c := range []struct {
		line   string
		byName bool
		port   int
	}{
		{"web1 10.0.0.5:2222", true, 2222},
		{"web1:2222 10.0.0.5", false, 2222},
		{"web1:2222 10.0.0.5:23", true, 2222},
		{"web1:2222 10.0.0.5:23", false, 23},
	} {
		if _, port := parse(t, c.line).Address(c.byName, 22); port != c.port {
			t.Errorf("%q by name %v: port %d, want %d", c.line, c.byName, port, c.port)
		}
	}
}

func parse(t *testing.T, line string) chunk.Target {
	t.Helper()
	target, ok, err := chunk.ParseLine([]byte(line))
	if !ok || err != nil {
		t.Fatalf("ParseLine(%q): %v, %v", line, ok, err)
	}
	return target
}
