package results

import (
	"errors"
	"io"
	"strings"
	"testing"

	"scanmaster/runner/chunk"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
	"scanmaster/runner/result"
)

const (
	first  = "20260101T000000.000Z-aaaaaa"
	second = "20260102T000000.000Z-bbbbbb"
)

// says has each target end by its text: what stands there behind its name, "mute" for
// one that can't be reached, "lost" for one without an outcome, "bad" for an exit
// status of 3; all else is its output.
func says(by map[string]string) func(chunk.Target) (result.Outcome, io.Reader, bool) {
	return func(t chunk.Target) (result.Outcome, io.Reader, bool) {
		text, ok := by[t.Text]
		switch {
		case !ok || text == "lost":
			return result.Outcome{}, nil, false
		case text == "mute":
			return result.Outcome{Class: result.NoSSH, Reason: result.ReasonTimeout, Phase: result.PhaseAuth, Detail: "i/o timeout"}, nil, true
		case text == "unknown":
			return result.Outcome{Class: result.Unknown, Reason: result.ReasonLost, Phase: result.PhaseRun}, nil, true
		case text == "bad":
			return result.Outcome{Class: result.Exit, Status: 3, StderrTail: "first\nit broke\n"}, nil, true
		}
		return result.Outcome{Class: result.OK}, strings.NewReader(text), true
	}
}

// leave leaves a run with one chunk of targets that end as they say, in the order of
// the list.
func leave(s *pasttest.Scan, run string, list ...[2]string) {
	by := make(map[string]string)
	var lines strings.Builder
	for _, target := range list {
		by[target[0]] = target[1]
		lines.WriteString(target[0] + "\n")
	}
	s.Run(run, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: lines.String(), Came: says(by)})
}

func open(t testing.TB, s *pasttest.Scan, run string) *past.Run {
	t.Helper()
	r, err := past.Open(t.Context(), s.Dir, s.Name, run)
	return pasttest.Opened(t, r, err)
}

// shown gives the text of a run.
func shown(t testing.TB, r *past.Run, f Filter, v View) string {
	t.Helper()
	folded, err := Fold(t.Context(), r, f, nil)
	var out strings.Builder
	if err == nil {
		err = folded.Text(t.Context(), &out, v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// failing is a writer that takes nothing.
type failing struct{}

var errFull = errors.New("no room")

func (failing) Write([]byte) (int, error) { return 0, errFull }
