package job

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// maxName bounds a scan's name, in characters.
const maxName = 100

var safeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// CheckName says whether a scan's name is one path segment that can neither
// leave its folder nor become an option.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the scan has no name")
	case len(name) > maxName:
		return fmt.Errorf("the scan's name is longer than %d characters", maxName)
	case !isSegment(name):
		return errors.New("the scan's name may hold letters, digits, dots, underscores and hyphens, begins with a letter or a digit, and has no two dots in a row")
	}
	return nil
}

// isSegment tells that a word is one segment of a path and stays one, wherever
// it is put.
func isSegment(word string) bool {
	return safeName.MatchString(word) && !strings.Contains(word, "..")
}

// runStamp is the part of a run's id that sorts by time.
const runStamp = "20060102T150405.000Z"

var runID = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-[0-9a-f]{6}$`)

// NewRun makes the id of a run that begins now: it sorts by time, and no two
// are the same.
func NewRun(now time.Time) string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never gives an error
	return now.UTC().Format(runStamp) + "-" + hex.EncodeToString(b[:])
}

// CheckRun says whether a word is the id of a run.
func CheckRun(run string) error {
	if !runID.MatchString(run) {
		return errors.New("this is no id of a run")
	}
	return nil
}

// Min is the minute in the clock's own zone, as the classic suite names
// folders: YYYYmmddHHMM.
func Min(now time.Time) string { return now.Format("200601021504") }

// DateLine is the line that date(1) prints in the C locale and in the clock's
// own zone.
func DateLine(now time.Time) string { return now.Format("Mon Jan _2 15:04:05 MST 2006") + "\n" }

// minDigits is how long a minute is in a folder's name.
const minDigits = len("200601021504")

// ChunkOf gives the chunk that a folder named WMIN.CHUNK is for. Masters ask it of
// every entry of a folder, time and again.
func ChunkOf(folder string) (chunk string, ok bool) {
	if len(folder) <= minDigits || folder[minDigits] != '.' {
		return "", false
	}
	for i := range minDigits {
		if c := folder[i]; c < '0' || c > '9' {
			return "", false
		}
	}
	if chunk = folder[minDigits+1:]; !isSegment(chunk) {
		return "", false
	}
	return chunk, true
}
