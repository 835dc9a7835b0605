package remote

import (
	"fmt"
	"slices"
	"strings"
)

// NoCommonError tells that a host knows none of the algorithms that it was
// offered (RFC 4253, section 7.1).
type NoCommonError struct {
	// What they are for: "key exchange", "host key", or of each direction the
	// cipher or the MAC, such as "client to server cipher".
	What string
	// Theirs are those that the host offers, Ours those that it was offered.
	// The host's are raw.
	Theirs, Ours []string
}

// Error names the algorithms of both ends, the host's first.
func (e *NoCommonError) Error() string {
	return fmt.Sprintf("no common %s: it offers %s; it was offered %s", e.What, listed(e.Theirs), listed(e.Ours))
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// indicators of what one knows stand among the key exchanges, and are none (RFC
// 8308, section 2.1, and OpenSSH's PROTOCOL, "strict key exchange extension").
var indicators = []string{
	"ext-info-c", "ext-info-s", "kex-strict-c-v00@openssh.com", "kex-strict-s-v00@openssh.com",
}

// withoutIndicators gives the algorithms alone.
func withoutIndicators(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(indicators, name) })
}
