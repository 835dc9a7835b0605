package job

import (
	"strings"

	"al.essio.dev/pkg/shellescape"
)

// Quote gives a word as a POSIX shell reads it back unchanged. A word can't
// hold NUL, which no argv can either; it is dropped.
func Quote(word string) string {
	return shellescape.Quote(strings.ReplaceAll(word, "\x00", ""))
}

// QuoteAll quotes words and joins them with blanks.
func QuoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Quote(w)
	}
	return strings.Join(quoted, " ")
}
