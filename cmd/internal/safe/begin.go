package safe

import (
	"regexp"
	"strings"
)

// begun finds what CI systems take for a command at the begin of a line, blanks
// before it or not, such as "::error::".
var begun = regexp.MustCompile(`^\s*::[A-Za-z]`)

// Begin gives a line of text of which somebody else may have written the begin: the
// second colon of what would be a command there is escaped. The rest stays as it is,
// and is the business of Line.
func Begin(line string) string {
	if !begun.MatchString(line) {
		return line
	}
	return strings.Replace(line, "::", `:\x3a`, 1)
}
