package spec

import "strings"

// neverTried says of reasons why a target that failed so isn't tried again.
var neverTried = map[string]struct{ problem, hint string }{
	"auth":     {"is never tried again", "keys that are refused again and again lock accounts"},
	"host-key": {"is never tried again", "why a host's key is not the known one is for you to find out"},
	"denied":   {"is never tried again", "a host that starts no command won't the next time"},
	"invalid":  {"is never tried again", "a line that is no target won't be one the next time"},
	"idle":     afterSending,
	"signal":   afterSending,
	"status":   afterSending,
}

var afterSending = struct{ problem, hint string }{
	"comes when the script was sent already", "it may have run, and must not run twice",
}

// retryKey judges a class or a reason that is to be tried again.
func retryKey(s string) (problem, hint string) {
	if isRetry(s) {
		return "", ""
	}
	if why, known := neverTried[s]; known {
		return why.problem, why.hint
	}
	words := strings.Split(strings.Trim(RetryPattern, "^()$"), "|")
	if meant := nearest(s, words); meant != "" {
		return "is no class or reason", "did you mean " + meant + "?"
	}
	return "is no class or reason", oneOf(words)
}
