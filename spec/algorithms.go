package spec

import (
	"slices"
	"strings"

	"scanmaster/spec/algorithm"
)

// knownAs gives the rule for names of algorithms of a kind.
func knownAs(kind algorithm.Kind) rule {
	return func(s string) (problem, hint string) {
		if kind.Known(s) {
			return "", ""
		}
		hint = "there are " + kind.Names()
		if meant := meantAlgorithm(kind, s); meant != "" {
			hint = "did you mean " + meant + "? " + hint
		}
		return "is no " + string(kind) + " that is known", hint
	}
}

// meantAlgorithm guesses which algorithm was meant: one that was cut short, such
// as aes128-gcm of aes128-gcm@openssh.com, or else one that is spelled nearly so.
func meantAlgorithm(kind algorithm.Kind, s string) string {
	if meant := shortestWith(s, kind.Sound()); meant != "" {
		return meant
	}
	return nearestBy(s, slices.Concat(kind.Sound(), kind.Weak()), func(name string) string { return name })
}

// shortestWith gives the shortest name that holds a part of at least three
// letters; "" where none does.
func shortestWith(part string, names []string) string {
	if len(part) < 3 {
		return ""
	}
	best := ""
	for _, name := range names {
		if strings.Contains(name, strings.ToLower(part)) && (best == "" || len(name) < len(best)) {
			best = name
		}
	}
	return best
}
