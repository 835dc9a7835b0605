package job

import (
	"fmt"
	"strings"
)

// ParseSSHADDFLAGS gives the key files that SSH_ADD_FLAGS names, the classic suite's
// variable of words for ssh-add(1), split at blanks. A worker unlocks keys where it
// uses them, and needs no agent for that, so that how one would keep them (-t, -c, -k,
// -q, -v) means nothing to it; what else an agent could be asked for is refused by
// name.
func ParseSSHADDFLAGS(s string) ([]string, error) {
	files, err := eachFlag(strings.Fields(s), "t", func(flag byte, _ string) error {
		if strings.IndexByte("tckqv", flag) < 0 {
			return fmt.Errorf("-%c can't be honoured; key files can, and -t, -c, -k, -q and -v mean nothing here", flag)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("SSH_ADD_FLAGS: %w", err)
	}
	return files, nil
}
