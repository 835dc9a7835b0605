package past

import (
	"fmt"
	"slices"
	"strings"

	"scanmaster/runner/result"
)

// The words that stand for several classes.
const (
	// Failed are the targets where the script ended with a status other than 0.
	Failed = "failed"
	// Unreachable are those on which it did not run to an end: noping, nosshd and
	// nossh.
	Unreachable = "unreachable"
)

// UnknownWordError tells that a word selects nothing.
type UnknownWordError struct{ Word string }

// Error names the word.
func (e *UnknownWordError) Error() string {
	return fmt.Sprintf("%q is neither an outcome nor a reason", e.Word)
}

// Words are the words that a Selection is made of, but for exit_1 to exit_254:
// classes, words for several, Missing, and finer reasons.
func Words() []string { return slices.Concat(classWords, reasonWords) }

var classWords = []string{
	string(result.OK), string(result.Exit), Failed, Unreachable, string(result.NoPing), string(result.NoSSHD),
	string(result.NoSSH), string(result.Unknown), Missing,
}

var reasonWords = func() []string {
	var words []string
	for _, r := range []result.Reason{
		result.ReasonInvalid, result.ReasonResolve, result.ReasonNoEcho, result.ReasonRefused, result.ReasonTimeout,
	} {
		words = append(words, string(r))
	}
	for _, p := range []result.Phase{
		result.PhaseResolve, result.PhasePing, result.PhaseConnect, result.PhaseBanner, result.PhaseAuth, result.PhaseRun,
	} {
		words = append(words, timeoutIn(p))
	}
	for _, r := range []result.Reason{
		result.ReasonIdle, result.ReasonNotSSH, result.ReasonProtocol, result.ReasonHostKey, result.ReasonAuth,
		result.ReasonSignal, result.ReasonStatus, result.ReasonLost, result.ReasonDenied, result.ReasonLocal,
	} {
		words = append(words, string(r))
	}
	return append(words, string(LackUntried), string(LackInFlight), string(LackGone))
}()

// Selection says which targets are wanted, by outcome or reason. The zero Selection
// takes all.
type Selection struct{ words map[string]bool }

// Select makes a Selection of words, each of which takes more. The error is an
// *UnknownWordError.
func Select(words []string) (Selection, error) {
	s := Selection{words: make(map[string]bool)}
	for _, word := range words {
		if !slices.Contains(classWords, word) && !slices.Contains(reasonWords, word) && !result.IsKey(word) {
			return Selection{}, &UnknownWordError{word}
		}
		s.words[word] = true
	}
	return s, nil
}

// Takes reports whether a target is wanted.
func (s Selection) Takes(t Target) bool {
	if len(s.words) == 0 {
		return true
	}
	key := t.Key()
	switch {
	case s.words[key], s.words[t.Reason()] && t.Reason() != "":
		return true
	case strings.HasPrefix(key, string(result.Exit)+"_"):
		return s.words[string(result.Exit)] || s.words[Failed]
	case t.Lack != LackNone:
		return false
	}
	switch t.Outcome.Class {
	case result.NoPing, result.NoSSHD, result.NoSSH:
		return s.words[Unreachable] || t.Outcome.Reason != "" && s.words[string(t.Outcome.Reason)]
	}
	return t.Outcome.Reason != "" && s.words[string(t.Outcome.Reason)]
}
