package plan

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"scanmaster/spec/diag"
)

// Limit says which part of the input is scanned. A Limit of nothing is none.
type Limit struct {
	// Hosts are the host or the IP fields of the targets that are scanned, in which
	// * and ? stand for others; all where it is empty.
	Hosts []string `json:"hosts,omitempty"`
	// First is how many of these are scanned at the most, the first ones; 0 is all.
	First int64 `json:"first,omitempty"`
}

// ParseLimit reads words, each of which holds several with commas between them: a
// count, or a host, an address or a pattern of these. The error says in plain words
// what such a text looks like.
func ParseLimit(words []string) (Limit, error) {
	var l Limit
	for _, text := range words {
		for word := range strings.SplitSeq(text, ",") {
			if err := l.add(strings.TrimSpace(word)); err != nil {
				return Limit{}, err
			}
		}
	}
	return l, nil
}

func (l *Limit) add(word string) error {
	switch n, err := strconv.ParseInt(word, 10, 64); {
	case word == "":
		return errors.New("takes a count of targets, such as 20, or hosts, such as web1,db*")
	case strings.ContainsAny(word, " \t"):
		return errors.New("takes hosts with commas between them")
	case err != nil:
		if !slices.Contains(l.Hosts, word) {
			l.Hosts = append(l.Hosts, word)
		}
		return nil
	case n < 1:
		return errors.New("takes a count of at least 1")
	case l.First > 0:
		return errors.New("takes one count")
	default:
		l.First = n
		return nil
	}
}

// IsZero tells that all targets are scanned.
func (l Limit) IsZero() bool { return l.First == 0 && len(l.Hosts) == 0 }

// Of gives how many of those targets are scanned that Hosts has.
func (l Limit) Of(targets int64) int64 {
	if l.First == 0 {
		return targets
	}
	return min(l.First, targets)
}

// String gives the flag that says it.
func (l Limit) String() string {
	words := l.Hosts
	if l.First > 0 {
		words = append([]string{strconv.FormatInt(l.First, 10)}, words...)
	}
	return "--limit " + strings.Join(words, ",")
}

// Unmatched says that no target is found for a word, UnmatchedHint what mends that.
const (
	Unmatched     = "no target of the input has this host or address"
	UnmatchedHint = "spell it as the input does; * stands for any text, and excluded targets don't count"
)

// judgeLimit refuses words that no target was found for: what is misspelt would be
// left out unseen.
func (c *compiler) judgeLimit() {
	if !c.counted() || c.scan.Wrong("input") {
		return
	}
	for _, word := range c.facts.Unmatched {
		c.problems.Errorf(diag.Pos{File: "--limit " + word}, UnmatchedHint, Unmatched)
	}
}
