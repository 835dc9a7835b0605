// Package fold puts together what is the same: host names into ranges, as pdsh and
// ClusterShell write them, and results into groups. It is pure.
package fold

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Ranges writes host names in as few words as it finds, each a name or names with
// ranges in them: web[01-12,14], 10.0.[0-3].[1-254]. What "nodeset -e" makes of the
// words are the names that were given, each once. The words are sorted as people
// sort, numbers by their value. Names that hold what a range is written with stay as
// they are.
func Ranges(hosts []string) []string {
	hosts = slices.Compact(slices.Sorted(slices.Values(hosts)))
	patterns := make([]pattern, len(hosts))
	most := 0
	for i, host := range hosts {
		patterns[i] = parse(host)
		most = max(most, len(patterns[i].numbers))
	}
	// From the last number to the first: hosts are counted at the end of their name
	// more often than before.
	for axis := most - 1; axis >= 0; axis-- {
		patterns = foldAlong(patterns, axis)
	}
	slices.SortStableFunc(patterns, comparePatterns)
	words := make([]string, len(patterns))
	for i, p := range patterns {
		words[i] = p.String()
	}
	return words
}

// maxDigits bounds the numbers that are counted with; longer ones are text.
const maxDigits = 18

// pattern is a name with numbers in it, each of which may stand for several: all
// combinations of them.
type pattern struct {
	// text is the name without its numbers, which stand between the parts.
	text []string
	// numbers are the digits, sorted, one or more in each place.
	numbers [][]string
}

// parse finds the numbers in a name.
func parse(host string) pattern {
	if strings.ContainsAny(host, "[],") {
		return pattern{text: []string{host}}
	}
	var p pattern
	from := 0
	for i := 0; i < len(host); {
		if !isDigit(host[i]) {
			i++
			continue
		}
		end := i
		for end < len(host) && isDigit(host[end]) {
			end++
		}
		if end-i <= maxDigits {
			p.text = append(p.text, host[from:i])
			p.numbers = append(p.numbers, []string{host[i:end]})
			from = end
		}
		i = end
	}
	p.text = append(p.text, host[from:])
	return p
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// foldAlong makes one of the patterns that differ in one of their numbers alone.
func foldAlong(patterns []pattern, axis int) []pattern {
	at := make(map[string]int, len(patterns))
	var folded []pattern
	for _, p := range patterns {
		if axis >= len(p.numbers) {
			folded = append(folded, p)
			continue
		}
		key := p.without(axis)
		i, ok := at[key]
		if !ok {
			at[key] = len(folded)
			folded = append(folded, p)
			continue
		}
		folded[i].numbers[axis] = append(folded[i].numbers[axis], p.numbers[axis]...)
	}
	for _, i := range at {
		slices.SortFunc(folded[i].numbers[axis], compareNumbers)
	}
	return folded
}

// without writes a pattern with one of its numbers left out.
func (p pattern) without(axis int) string {
	var key strings.Builder
	for i, text := range p.text {
		key.WriteString(text)
		if i == len(p.numbers) {
			break
		}
		key.WriteByte('[')
		if i != axis {
			key.WriteString(strings.Join(p.numbers[i], ","))
		}
		key.WriteByte(']')
	}
	return key.String()
}

// compareNumbers sorts numbers so that those that a range could hold are beside each
// other: those without zeros in front by value, then those of a width.
func compareNumbers(a, b string) int {
	if padded(a) != padded(b) {
		if padded(a) {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// padded tells that there are zeros in front.
func padded(n string) bool { return len(n) > 1 && n[0] == '0' }

// String writes the pattern with its ranges.
func (p pattern) String() string {
	var out strings.Builder
	for i, text := range p.text {
		out.WriteString(text)
		if i == len(p.numbers) {
			break
		}
		if numbers := p.numbers[i]; len(numbers) == 1 {
			out.WriteString(numbers[0])
		} else {
			out.WriteString("[" + strings.Join(spans(numbers), ",") + "]")
		}
	}
	return out.String()
}

// spans writes sorted numbers as ranges. Behind one with zeros in front come those
// of its width.
func spans(numbers []string) []string {
	numbers = byWidth(numbers)
	var out []string
	for i := 0; i < len(numbers); {
		end := i
		for end+1 < len(numbers) && follows(numbers[end], numbers[end+1], padded(numbers[i])) {
			end++
		}
		span := numbers[i]
		if end > i {
			span += "-" + numbers[end]
		}
		out = append(out, span)
		i = end + 1
	}
	return out
}

// byWidth puts numbers that fill a width by themselves behind those that fill it
// with zeros: 08, 09, 10.
func byWidth(numbers []string) []string {
	widths := make(map[int]bool)
	for _, n := range numbers {
		if padded(n) {
			widths[len(n)] = true
		}
	}
	if len(widths) == 0 {
		return numbers
	}
	numbers = slices.Clone(numbers)
	slices.SortStableFunc(numbers, func(a, b string) int {
		ofA, ofB := 0, 0
		if widths[len(a)] {
			ofA = len(a)
		}
		if widths[len(b)] {
			ofB = len(b)
		}
		return cmp.Or(cmp.Compare(ofA, ofB), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return numbers
}

// follows tells that a range which has come to a number goes on with another. With
// zeros in front all have one width.
func follows(a, b string, padded bool) bool {
	if padded && len(a) != len(b) {
		return false
	}
	return value(a)+1 == value(b) && (len(a) == len(b) || b[0] != '0')
}

// value is a number's value; parse lets through none that has none.
func value(n string) int64 {
	v, _ := strconv.ParseInt(n, 10, 64)
	return v
}

// comparePatterns sorts as people do.
func comparePatterns(a, b pattern) int {
	for i := range min(len(a.text), len(b.text)) {
		if c := cmp.Compare(a.text[i], b.text[i]); c != 0 {
			return c
		}
		if i < len(a.numbers) && i < len(b.numbers) {
			c := cmp.Or(cmp.Compare(value(a.numbers[i][0]), value(b.numbers[i][0])), cmp.Compare(a.numbers[i][0], b.numbers[i][0]))
			if c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(len(a.text), len(b.text))
}
