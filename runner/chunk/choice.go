package chunk

import (
	"path"
	"strings"
	"sync/atomic"
)

// Choice says which targets of a list are scanned. One of nothing is all.
type Choice struct {
	// Exclude are never scanned, whatever Only says.
	Exclude *Exclude
	// Only are the ones that are scanned; all where it is nil.
	Only *Only
	// Part tells that of these only the first are dealt out.
	Part bool
}

// Only is a set of hosts and addresses that are scanned, and no others. A nil set
// holds all. Several goroutines may ask it at a time.
type Only struct {
	words []string
	// exact are words by their place in words, globs those with * or ?.
	exact map[string][]int
	globs map[int]string
	// seen tells which of the words some target was asked for.
	seen []atomic.Bool
}

// NewOnly makes a set of words: each is the host or the IP field of targets, with
// or without its port, in which * stands for any text and ? for a character.
func NewOnly(words []string) *Only {
	if len(words) == 0 {
		return nil
	}
	o := &Only{words: words, exact: make(map[string][]int), globs: make(map[int]string), seen: make([]atomic.Bool, len(words))}
	for i, word := range words {
		if strings.ContainsAny(word, "*?") {
			o.globs[i] = literal.Replace(word)
		} else {
			name := bracketless(word)
			o.exact[name] = append(o.exact[name], i)
		}
	}
	return o
}

// literal takes from what path.Match reads all but * and ?: brackets stand around
// addresses.
var literal = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`)

// Unseen gives the words that no target was found for, of those that Has was asked
// about.
func (o *Only) Unseen() []string {
	if o == nil {
		return nil
	}
	var none []string
	for i, word := range o.words {
		if !o.seen[i].Load() {
			none = append(none, word)
		}
	}
	return none
}

// Has reports whether a target's host or IP field is in the set.
func (o *Only) Has(t Target) bool {
	return o == nil || o.either(t.Host, t.IP)
}

// hasPlain is Has for a plain line.
func (o *Only) hasPlain(line []byte) bool {
	if o == nil {
		return true
	}
	host, ip := plainFields(line)
	return o.either(string(host), string(ip))
}

// either asks for both fields: that one has been seen doesn't say it of the other.
func (o *Only) either(host, ip string) bool {
	found := o.has(host)
	return ip != host && o.has(ip) || found
}

func (o *Only) has(field string) bool {
	bare, _, _ := splitPort(field)
	found := false
	see := func(i int) {
		found = true
		o.seen[i].Store(true)
	}
	for _, name := range []string{field, bare} {
		for _, i := range o.exact[name] {
			see(i)
		}
	}
	for i, glob := range o.globs {
		whole, _ := path.Match(glob, field) // no pattern is a bad one any more
		part, _ := path.Match(glob, bare)
		if whole || part {
			see(i)
		}
	}
	return found
}
