package chunk

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLine is the longest line of a list, in bytes.
const MaxLine = 4096

// LineError tells that a line names no target that may be scanned.
type LineError struct {
	// Line is the physical line, from 1, where it is known.
	Line int64
	// Reason says what is wrong and how to mend it, without what is there.
	Reason string
}

func (e *LineError) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// ParseLine reads one line, with or without its end. It gives false for
// comments and blank lines. Where the error is a *LineError the target's Text
// is there all the same, so that it can be sorted.
func ParseLine(line []byte) (Target, bool, error) {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	words := bytes.Fields(line)
	if len(words) == 0 || words[0][0] == '#' {
		return Target{}, false, nil
	}
	t := Target{Text: string(bytes.Join(words, []byte(" ")))}
	t.Host, t.IP = t.Text, t.Text
	if len(words) > 1 {
		t.Host = t.Text[:len(words[0])]
		t.IP = t.Text[len(t.Text)-len(words[len(words)-1]):]
	}
	return t, true, check(t)
}

func check(t Target) error {
	switch {
	case len(t.Text) > MaxLine:
		return &LineError{Reason: fmt.Sprintf("it is longer than %d bytes", MaxLine)}
	case !utf8.ValidString(t.Text):
		return &LineError{Reason: "it holds bytes that are no UTF-8"}
	case strings.ContainsFunc(t.Text, unicode.IsControl):
		return &LineError{Reason: "it holds a control character"}
	}
	for _, field := range []string{t.Host, t.IP} {
		if err := checkField(field); err != nil {
			return err
		}
	}
	return nil
}

// checkField lets through what a name or an address is made of, and nothing
// that could be an option, a part of a command, or an end of a field.
func checkField(field string) error {
	if field[0] == '-' {
		return &LineError{Reason: "a host begins with a hyphen, as an option would"}
	}
	for _, r := range field {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_:[]%", r) {
			return &LineError{Reason: fmt.Sprintf("a host holds the character %U, which no name and no address has", r)}
		}
	}
	if _, _, err := splitPort(field, 0); err != nil {
		return &LineError{Reason: err.Error()}
	}
	return nil
}

// Address gives what to connect to: the IP field, or with byName the host
// field; either may name a port, which then counts instead of the default.
func (t Target) Address(byName bool, defaultPort int) (host string, port int) {
	field := t.IP
	if byName {
		field = t.Host
	}
	host, port, err := splitPort(field, defaultPort)
	if err != nil {
		return field, defaultPort
	}
	return host, port
}

// splitPort parts "host:port" and "[address]:port". More than one colon
// without brackets is an IPv6 address.
func splitPort(field string, defaultPort int) (string, int, error) {
	host, port := field, ""
	switch {
	case strings.HasPrefix(field, "["):
		inner, rest, ok := strings.Cut(field[1:], "]")
		if !ok || (rest != "" && rest[0] != ':') {
			return "", 0, fmt.Errorf("an address in brackets is [address] or [address]:port")
		}
		host, port = inner, strings.TrimPrefix(rest, ":")
		if rest == ":" {
			return "", 0, fmt.Errorf("a colon is followed by no port")
		}
		if _, err := netip.ParseAddr(host); err != nil {
			return "", 0, fmt.Errorf("there is no address in the brackets")
		}
	case strings.Count(field, ":") == 1:
		host, port, _ = strings.Cut(field, ":")
		if port == "" || host == "" {
			return "", 0, fmt.Errorf("host:port wants both")
		}
	case strings.Contains(field, ":"):
		if _, err := netip.ParseAddr(field); err != nil {
			return "", 0, fmt.Errorf("it holds colons, but is no IPv6 address")
		}
	}
	if port == "" {
		return host, defaultPort, nil
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return "", 0, fmt.Errorf("a port is a number from 1 to 65535")
	}
	return host, n, nil
}
