package host

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// begin and end stand around an answer. What comes before is the account's own
// shell's: some say something at every login.
const (
	begin = "scanmaster-answer"
	end   = "scanmaster-end"
)

// answer is what a script said: key=value, a line each.
type answer map[string]string

// wordsKey may stand several times: the lines of a text.
const wordsKey = "words"

var keyValue = regexp.MustCompile(`^([a-z_]+)=(.*)$`)

// errAnswer tells that what came back is none of our scripts' answers.
var errAnswer = errors.New("the host's shell doesn't answer as a shell does")

// parseAnswer reads an answer. It must be whole, and nothing else be in it.
func parseAnswer(out []byte) (answer, error) {
	_, body, ok := strings.Cut("\n"+string(out), "\n"+begin+"\n")
	if !ok {
		return nil, errAnswer
	}
	body, rest, ok := strings.Cut("\n"+body, "\n"+end+"\n")
	if !ok || rest != "" {
		return nil, errAnswer
	}
	a := make(answer)
	for line := range strings.SplitSeq(strings.TrimPrefix(body, "\n"), "\n") {
		if body == "" {
			break
		}
		m := keyValue.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("%w: %.80q", errAnswer, line)
		}
		old, twice := a[m[1]]
		switch {
		case !twice:
			a[m[1]] = m[2]
		case m[1] == wordsKey:
			a[m[1]] = old + "\n" + m[2]
		default:
			return nil, fmt.Errorf("%w: %s twice", errAnswer, m[1])
		}
	}
	return a, nil
}

// yes tells that something was answered with yes.
func (a answer) yes(key string) bool { return a[key] == "yes" }

// number is a number that must be there; base 10 but for a mode.
func (a answer) number(key string, base int) (int64, error) {
	n, err := strconv.ParseInt(a[key], base, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: %s is %.40q", errAnswer, key, a[key])
	}
	return n, nil
}
