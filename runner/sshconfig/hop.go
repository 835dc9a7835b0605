package sshconfig

import (
	"fmt"
	"strconv"
	"strings"
)

// Hop is one of the hosts of a ProxyJump.
type Hop struct {
	// User is empty, and Port is 0, where it isn't said.
	User, Host string
	Port       int
}

// maxHops bounds the hosts on one way.
const maxHops = 8

// Jump gives the host that another one is reached through by a ProxyJump, and the
// hosts that this one is reached through in turn. It has no name where there is none,
// or it is the other one itself, as it is where "Host *" names it. The error is that a
// host can't be read, or that there are too many; hops are those on the way so far.
func Jump(to, hosts string, hops int) (before string, last Hop, err error) {
	if hosts == "" || strings.EqualFold(hosts, none) {
		return "", Hop{}, nil
	}
	if hops >= maxHops {
		return "", Hop{}, fmt.Errorf("ProxyJump %s: over %d hosts to go through; is it a circle?", hosts, maxHops)
	}
	before, text := lastHop(hosts)
	if last, err = ParseHop(text); err != nil || strings.EqualFold(last.Host, to) {
		return "", Hop{}, err
	}
	return before, last, nil
}

// lastHop parts the last of the hosts of a ProxyJump from those that it is reached
// through; these are empty where there are none.
func lastHop(hosts string) (before, last string) {
	if i := strings.LastIndexByte(hosts, ','); i >= 0 {
		return hosts[:i], hosts[i+1:]
	}
	return "", hosts
}

// ParseHop reads [user@]host[:port], with or without "ssh://" (ssh(1), -J).
func ParseHop(text string) (Hop, error) {
	bad := fmt.Errorf("ProxyJump: %q is no [user@]host[:port]", text)
	rest := strings.TrimSuffix(strings.TrimPrefix(text, "ssh://"), "/")
	var h Hop
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		h.User, rest = rest[:i], rest[i+1:]
	}
	h.Host = rest
	if i := strings.LastIndexByte(rest, ':'); i > 0 && (strings.HasPrefix(rest, "[") && rest[i-1] == ']' || strings.Count(rest, ":") == 1) {
		port, err := strconv.ParseUint(rest[i+1:], 10, 16)
		if err != nil || port == 0 {
			return Hop{}, bad
		}
		h.Host, h.Port = rest[:i], int(port)
	}
	h.Host = strings.TrimSuffix(strings.TrimPrefix(h.Host, "["), "]")
	if h.Host == "" || strings.HasPrefix(h.Host, "-") || strings.HasPrefix(h.User, "-") {
		return Hop{}, bad
	}
	return h, nil
}
