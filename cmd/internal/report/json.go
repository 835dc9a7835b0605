package report

import (
	"encoding/json"
	"io"
	"time"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
)

// FormatVersion is the version of the lines that JSON writes. It stays while
// what there is keeps its name, its type and its meaning: lines, members and
// words may come to it.
const FormatVersion = 1

// Line is what JSON writes as one line: an event of a run, or one of those that
// only a command line has. Kind is its word.
type Line interface {
	Kind() string
}

// Run is the first line, before anything is done: whose lines follow, and in
// which format.
type Run struct {
	// FormatVersion is the version of the lines that follow. It stays the same
	// while what there is keeps its name, its type and its meaning.
	FormatVersion int `json:"format_version"`
	// Name is the scan's name.
	Name string `json:"name"`
	// Run is the name of the run, as status and the folders have it.
	Run string `json:"run"`
	// Dir is the shared folder.
	Dir string `json:"dir"`
}

// Detached is the last line of a master that leaves another in the background:
// the run goes on.
type Detached struct {
	// Run is the name of the run.
	Run string `json:"run"`
	// PID is the process in the background.
	PID int `json:"pid"`
	// Log is the file that it writes what happens to.
	Log string `json:"log"`
	// Next is the command line that waits for its end.
	Next string `json:"next"`
}

// Kind gives the word of a Run.
func (Run) Kind() string { return "run" }

// Kind gives the word of a Detached.
func (Detached) Kind() string { return "detached" }

// JSON writes an event a line: {"time":…,"event":KIND,…}. What could drive a
// terminal or a CI system comes escaped.
type JSON struct {
	// Out gets the lines.
	Out io.Writer
	// Now tells the time.
	Now func() time.Time
	// Err is the first error in writing.
	Err error
}

// Report implements runner.Reporter.
func (j *JSON) Report(e runner.Event) { j.Line(e) }

// Line writes one line.
func (j *JSON) Line(l Line) {
	if err := j.write(l); err != nil && j.Err == nil {
		j.Err = err
	}
}

func (j *JSON) write(l Line) error {
	head, err := json.Marshal(struct {
		Time  time.Time `json:"time"`
		Event string    `json:"event"`
	}{j.Now().UTC(), l.Kind()})
	if err != nil {
		return err
	}
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	line := head
	if len(body) > len("{}") {
		line = append(append(head[:len(head)-1], ','), body[1:]...)
	}
	_, err = j.Out.Write(append(safe.JSON(line), '\n'))
	return err
}
