package webpage

import (
	"io"
	"strings"
	"testing"
	"unicode"

	"scanmaster/runner/chunk"
	"scanmaster/runner/past/pasttest"
	"scanmaster/runner/result"
)

// TestTheReasonsOfAForgedRecordAreEscaped has a worker write reasons and phases that no
// worker of ours does. A class that there isn't is not even read.
func TestTheReasonsOfAForgedRecordAreEscaped(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(runID, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "a\nb\n", Came: func(t chunk.Target) (result.Outcome, io.Reader, bool) {
		if t.Host == "b" {
			return result.Outcome{Class: result.NoSSH, Reason: result.ReasonTimeout, Phase: "\u2066auth"}, nil, true
		}
		return result.Outcome{Class: result.NoSSH, Reason: "re\u202ederror</script>\x1b"}, nil, true
	}})
	text := page(t, opened(t, s), usual)
	for _, want := range []string{
		`"re\\u202ederror\u003c/script\u003e\\x1b","\\u2066auth-timeout"`, // in the data of the table
		`>re\u202ederror&lt;/script&gt;\x1b<`, `>\u2066auth-timeout<`,     // in the groups
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not there", want)
		}
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Cf, r) || r == 0x1b }); i >= 0 {
		t.Errorf("%q", text[max(0, i-50):i+50])
	}
}
