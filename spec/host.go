package spec

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
)

// HostPattern is that of a worker's name or address, IPv6 with or without
// brackets; a zone may follow an address.
const HostPattern = `^([A-Za-z0-9_][A-Za-z0-9._-]*|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]+)?\]?)$`

// maxHost is the longest name of the DNS, in characters (RFC 1035 section 2.3.4).
const maxHost = 253

var (
	isHostName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`).MatchString
	isZone     = regexp.MustCompile(`^[A-Za-z0-9._-]*$`).MatchString
	hasPort    = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[^\]]*\]):([0-9]+)$`).FindStringSubmatch
)

// isAddress tells an IP address, which may have a zone.
func isAddress(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && isZone(addr.Zone())
}

// workerHost judges a worker's name or address, without brackets.
func workerHost(s string) (problem, hint string) {
	switch {
	case strings.HasPrefix(s, "-"):
		return "begins with a dash, and would be taken for an option", ""
	case strings.ContainsFunc(s, unicode.IsSpace):
		return "holds a blank", "give each host an entry of its own"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "holds a control character", ""
	case len(s) > maxHost:
		return fmt.Sprintf("is longer than %d characters", maxHost), ""
	case isHostName(s) || isAddress(s):
		return "", ""
	}
	if user, host, ok := strings.Cut(s, "@"); ok {
		return "holds a user", fmt.Sprintf("write {host: %s, user: %s}", shown(host), shown(user))
	}
	if m := hasPort(s); m != nil {
		return "holds a port", fmt.Sprintf("write {host: %s, port: %s}", yamlHost(m[1]), shown(m[2]))
	}
	return "is no name or address of a host", ""
}

// CheckHost gives what is wrong with a worker's name or address, with its mend.
func CheckHost(host string) error {
	problem, hint := workerHost(bare(host))
	switch {
	case problem == "":
		return nil
	case hint == "":
		return errors.New(problem)
	}
	return fmt.Errorf("%s (%s)", problem, hint)
}

// yamlHost quotes an address in brackets, which YAML would take for a list.
func yamlHost(host string) string {
	if b := bare(host); b != host {
		return `"` + b + `"`
	}
	return shown(host)
}
