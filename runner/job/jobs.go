package job

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Jobs is how many targets a worker has in hand at a time, or JobsAuto.
type Jobs int

// JobsAuto has the worker find out how many it can bear. On the command line it is
// "-n auto", which a scanslave of the classic suite doesn't know.
const JobsAuto Jobs = -1

const autoWord = "auto"

// String gives the form of the command line.
func (j Jobs) String() string {
	if j == JobsAuto {
		return autoWord
	}
	return strconv.Itoa(int(j))
}

// MarshalJSON gives a number, or "auto".
func (j Jobs) MarshalJSON() ([]byte, error) {
	if j == JobsAuto {
		return json.Marshal(autoWord)
	}
	return json.Marshal(int(j))
}

// UnmarshalJSON reads what MarshalJSON gives.
func (j *Jobs) UnmarshalJSON(data []byte) error {
	if string(data) == `"`+autoWord+`"` {
		*j = JobsAuto
		return nil
	}
	return json.Unmarshal(data, (*int)(j))
}

// ParseJobs reads the form of the command line, as String gives it.
func ParseJobs(s string) (Jobs, error) {
	if s == autoWord {
		return JobsAuto, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("-n is a number of targets at a time, or auto, not %q", s)
	}
	return Jobs(n), nil
}
