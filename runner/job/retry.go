package job

import (
	"fmt"
	"slices"
)

// MaxRetry is the most tries that a target may be worth beyond the first.
const MaxRetry = 10

// RetryKeys are the classes and, after them, the reasons for which a target may
// be tried again. It is never tried again once the script was sent, which may
// have run, so that the reasons that only come after that aren't among them;
// nor are those that another try would make worse, or no better: a key that
// isn't let in, a host key that isn't the known one, a line that is no target.
var RetryKeys = []string{
	"noping", "nosshd", "nossh",
	"resolve", "unreachable", "no-echo", "refused", "timeout", "not-ssh", "protocol", "lost", "local",
}

func (f File) checkRetry() error {
	for key, tries := range f.Retry {
		if !slices.Contains(RetryKeys, key) || tries < 0 || tries > MaxRetry {
			return fmt.Errorf("%d more tries for %q can't be", tries, key)
		}
	}
	return nil
}
