package result

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Tally counts outcomes. The zero value is empty and ready.
type Tally struct {
	// Counts by Key: "ok", "exit_3", "noping", "nosshd", "nossh", "unknown".
	Counts map[string]int64 `json:"counts,omitempty"`
}

// Key is the name that an outcome is counted under, and its classic file's
// name without "hosts_".
func (o Outcome) Key() string {
	if o.Class == Exit {
		return fmt.Sprintf("exit_%d", o.Status)
	}
	return string(o.Class)
}

// Add counts one outcome.
func (t *Tally) Add(key string) { t.add(key, 1) }

func (t *Tally) add(key string, n int64) {
	if t.Counts == nil {
		t.Counts = make(map[string]int64)
	}
	t.Counts[key] += n
}

// Merge adds the counts of another tally.
func (t *Tally) Merge(counts map[string]int64) {
	for k, n := range counts {
		t.add(k, n)
	}
}

// Total counts all outcomes.
func (t Tally) Total() int64 {
	var n int64
	for _, c := range t.Counts {
		n += c
	}
	return n
}

// Unreachable counts the targets on which the script did not run to an end.
func (t Tally) Unreachable() int64 {
	return t.Counts[string(NoPing)] + t.Counts[string(NoSSHD)] + t.Counts[string(NoSSH)]
}

// Unknown counts the targets that the script may have run on, nobody knows how
// far. They count neither as failed nor as unreachable.
func (t Tally) Unknown() int64 { return t.Counts[string(Unknown)] }

// Failed counts the targets where the script ended with a status other than 0.
func (t Tally) Failed() int64 {
	return t.Total() - t.Unreachable() - t.Unknown() - t.Counts[string(OK)]
}

// Clone gives a copy that shares nothing.
func (t Tally) Clone() Tally { return Tally{Counts: maps.Clone(t.Counts)} }

// Keys gives the keys that have a count: ok first, then exit statuses by
// number, then the others in the order of the checks.
func (t Tally) Keys() []string {
	return slices.SortedFunc(maps.Keys(t.Counts), compareKeys)
}

func compareKeys(a, b string) int {
	return cmp.Or(keyRank(a)-keyRank(b), cmp.Compare(a, b))
}

// IsTally reports whether counts are such as a tally may have: of known keys,
// and none below zero. What is read of the share need not be.
func IsTally(counts map[string]int64) bool {
	for key, n := range counts {
		if !IsKey(key) || n < 0 {
			return false
		}
	}
	return true
}

func keyRank(key string) int {
	var n int
	if _, err := fmt.Sscanf(key, "exit_%d", &n); err == nil {
		return n
	}
	switch Class(key) {
	case OK:
		return 0
	case NoPing:
		return 1000
	case NoSSHD:
		return 1001
	case NoSSH:
		return 1002
	case Unknown:
		return 1003
	}
	return 1004
}

// FilePrefix begins the names of the classic files; a key follows.
const FilePrefix = "hosts_"

// hasFile reports whether there is a classic file for the outcome.
func (o Outcome) hasFile() bool {
	switch o.Class {
	case OK, NoPing, NoSSHD, NoSSH, Unknown:
		return true
	case Exit:
		return o.Status >= 1 && o.Status <= 254
	}
	return false
}

// IsKey reports whether outcomes may be counted under a key.
func IsKey(key string) bool {
	digits, ok := strings.CutPrefix(key, string(Exit)+"_")
	if !ok {
		return Outcome{Class: Class(key)}.hasFile()
	}
	status, err := strconv.Atoi(digits)
	o := Outcome{Class: Exit, Status: status}
	return err == nil && o.hasFile() && o.Key() == key
}
