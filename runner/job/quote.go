package job

import (
	"slices"
	"strings"

	"al.essio.dev/pkg/shellescape"
)

// Quote gives a word as a POSIX shell reads it back unchanged, as an argument.
// No argument can hold NUL: what comes from a scan file or a job file has been
// refused by then, and elsewhere U+FFFD stands for it, so that the word can't
// turn into another one that means something.
func Quote(word string) string {
	return shellescape.Quote(strings.ReplaceAll(word, "\x00", "\ufffd"))
}

// QuoteAll gives a command line that a POSIX shell reads back as exactly these
// words, the first of which is the command.
func QuoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Quote(w)
	}
	if len(words) > 0 && quoted[0] == words[0] && meansMore(words[0]) {
		quoted[0] = "'" + words[0] + "'"
	}
	return strings.Join(quoted, " ")
}

// meansMore tells that a word without quotes means something else to a shell
// where a command is expected: an assignment, or a word of the language (POSIX
// Shell Command Language, 2.4, and what bash and ksh add).
func meansMore(word string) bool {
	return strings.Contains(word, "=") || slices.Contains(reserved, word)
}

var reserved = []string{
	"case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "namespace", "select",
	"then", "time", "until", "while",
}
