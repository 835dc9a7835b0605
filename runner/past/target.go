package past

import (
	"scanmaster/runner/chunk"
	"scanmaster/runner/result"
)

// Lack says why a target has no outcome.
type Lack string

// Why there is no outcome.
const (
	// LackNone is that of a target that has one.
	LackNone Lack = ""
	// LackUntried is that of a target that nobody was seen to try.
	LackUntried Lack = "untried"
	// LackInFlight is that of a target that the script was, or was about to be, sent
	// to.
	LackInFlight Lack = "in-flight"
	// LackGone is that of a target that had an outcome, or may have had one, which
	// isn't there any more, or can't be trusted.
	LackGone Lack = "gone"
)

// Missing is the key of targets without an outcome.
const Missing = "missing"

// Target is a target of a run, and what came of it.
type Target struct {
	// Number is its line in the list that was dealt out, from 1; of a merged result
	// alone, in final/input.
	Number int64
	// Target is its line in its chunk. What it holds may be anything: lines that name
	// no host are targets, too.
	chunk.Target
	// Chunk is the one that it belongs to.
	Chunk *Chunk
	// Lack says why it has no outcome; empty where it has.
	Lack Lack
	// Outcome is what came of it; zero where Lack says why not. Of what a classic
	// worker has left only Line, Host, IP, Class and Status are known. Its File,
	// Offset and Length are the worker's: Output leads there.
	Outcome result.Outcome
	// Output is what the script wrote, of the classes OK and Exit.
	Output Output
}

// Key is what the target is counted under: as result.Outcome.Key, or Missing.
func (t Target) Key() string {
	if t.Lack != LackNone {
		return Missing
	}
	return t.Outcome.Key()
}

// Reason says more finely what kept the target from an exit status, in one word:
// that of the outcome's Reason, a timeout with its phase as in "connect-timeout", or
// the Lack. It is empty where there is nothing to say, and is one of Words else.
func (t Target) Reason() string {
	switch {
	case t.Lack != LackNone:
		return string(t.Lack)
	case t.Outcome.Reason == result.ReasonTimeout:
		return timeoutIn(t.Outcome.Phase)
	}
	return string(t.Outcome.Reason)
}

func timeoutIn(p result.Phase) string {
	if p == "" {
		return string(result.ReasonTimeout)
	}
	return string(p) + "-" + string(result.ReasonTimeout)
}
