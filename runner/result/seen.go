package result

import (
	"iter"
	"math/bits"
	"slices"
)

// maxLine is the highest line number that a record may name, so that a forged
// one can't make a Seen of it take more than 128 MiB.
const maxLine = 1 << 30

// Seen is a set of line numbers from 1, one bit a line. The zero value is
// empty and ready. It is not safe for concurrent use.
type Seen struct {
	words []uint64
	count int64
}

// Add puts a line in. It reports false where the line is in already, or can
// be none: below 1, or above 2³⁰.
func (s *Seen) Add(line int64) bool {
	if line < 1 || line > maxLine || s.Has(line) {
		return false
	}
	word, bit := place(line)
	for word >= len(s.words) {
		s.words = append(s.words, 0)
	}
	s.words[word] |= bit
	s.count++
	return true
}

// Has reports whether a line is in.
func (s *Seen) Has(line int64) bool {
	if line < 1 || line > maxLine {
		return false
	}
	word, bit := place(line)
	return word < len(s.words) && s.words[word]&bit != 0
}

// Count is how many lines are in.
func (s *Seen) Count() int64 { return s.count }

// Missing gives the lines from 1 to n that are not in, in order.
func (s *Seen) Missing(n int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for base := int64(0); base < n; base += 64 {
			var word uint64
			if i := int(base / 64); i < len(s.words) {
				word = s.words[i]
			}
			for gaps := ^word; gaps != 0; gaps &= gaps - 1 {
				line := base + int64(bits.TrailingZeros64(gaps)) + 1
				if line > n || !yield(line) {
					return
				}
			}
		}
	}
}

// clone gives a copy that shares nothing.
func (s *Seen) clone() Seen { return Seen{words: slices.Clone(s.words), count: s.count} }

// drop takes a line out again.
func (s *Seen) drop(line int64) {
	if s.Has(line) {
		word, bit := place(line)
		s.words[word] &^= bit
		s.count--
	}
}

func place(line int64) (word int, bit uint64) {
	return int((line - 1) / 64), 1 << ((line - 1) % 64)
}

// max is the highest line that is in, 0 where none is.
func (s *Seen) max() int64 {
	for i := len(s.words) - 1; i >= 0; i-- {
		if w := s.words[i]; w != 0 {
			return int64(i)*64 + int64(bits.Len64(w))
		}
	}
	return 0
}
