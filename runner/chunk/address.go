package chunk

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
)

// What can be wrong with a line, and how to mend it.
const (
	reasonTooLong  = "the line is longer than 4096 bytes; shorten it, or make a comment of it with #"
	reasonUTF8     = "the line is no valid UTF-8; save the list as UTF-8"
	reasonControl  = "the line holds a control character; take it out"
	reasonComment  = "a comment follows on the same line, and would be read as an address; give it a line of its own"
	reasonHyphen   = "a host or address begins with a hyphen, as an option would; take the hyphen away"
	reasonName     = "a host or address holds a character that none has; write letters, digits, dots, hyphens and underscores"
	reasonBrackets = "brackets stand around an IPv6 address only; write [address] or [address]:port"
	reasonColons   = "colons stand in an IPv6 address or before a port; write host:port, address or [address]:port"
	reasonPort     = "a port is a number from 1 to 65535; write host:port or [address]:port"
)

// judgeField lets through what a name or an address is made of, and nothing
// that could be an option, a part of a command, or the end of a field. It
// gives the reason why not.
func judgeField(field string) string {
	if field[0] == '-' {
		return reasonHyphen
	}
	host, _, reason := splitPort(field)
	if reason != "" {
		return reason
	}
	if strings.Contains(host, ":") { // splitPort has parsed the address but for its zone
		_, host, _ = strings.Cut(host, "%")
	}
	if !isName(host) {
		return reasonName
	}
	return ""
}

// isName tells that there is nothing in it that names don't have. Letters of
// all scripts are let through, and so are underscores: there are such names.
func isName(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r == '.', r == '-', r == '_':
		case r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)):
		default:
			return false
		}
	}
	return true
}

// Address gives what to connect to: what the IP field says or, with byName,
// what the host field says. The port is the one of the same field, else that
// of the other field, else the default. The target must be one that was read
// without an error.
func (t Target) Address(byName bool, defaultPort int) (host string, port int) {
	first, second := t.IP, t.Host
	if byName {
		first, second = second, first
	}
	host, port, _ = splitPort(first)
	if port == 0 {
		_, port, _ = splitPort(second)
	}
	if port == 0 {
		port = defaultPort
	}
	return host, port
}

// splitPort parts host:port and [address]:port; the port is 0 where there is
// none. More than one colon without brackets is an IPv6 address. The reason
// says why it can't be parted.
func splitPort(field string) (host string, port int, reason string) {
	if strings.HasPrefix(field, "[") {
		return splitBrackets(field)
	}
	host, digits, found := strings.Cut(field, ":")
	if !found {
		return field, 0, ""
	}
	if strings.Contains(digits, ":") {
		if _, err := netip.ParseAddr(field); err != nil {
			return field, 0, reasonColons
		}
		return field, 0, ""
	}
	if host == "" {
		return field, 0, reasonColons
	}
	port, reason = parsePort(digits)
	return host, port, reason
}

func splitBrackets(field string) (host string, port int, reason string) {
	host, rest, closed := strings.Cut(field[1:], "]")
	if address, err := netip.ParseAddr(host); !closed || err != nil || !address.Is6() {
		return field, 0, reasonBrackets
	}
	if rest == "" {
		return host, 0, ""
	}
	digits, found := strings.CutPrefix(rest, ":")
	if !found {
		return field, 0, reasonBrackets
	}
	port, reason = parsePort(digits)
	return host, port, reason
}

func parsePort(digits string) (port int, reason string) {
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n == 0 {
		return 0, reasonPort
	}
	return int(n), ""
}
