package report

import (
	"encoding/json"
	"io"
	"time"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
)

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
func (j *JSON) Report(e runner.Event) {
	if err := j.write(e); err != nil && j.Err == nil {
		j.Err = err
	}
}

func (j *JSON) write(e runner.Event) error {
	head, err := json.Marshal(struct {
		Time  time.Time `json:"time"`
		Event string    `json:"event"`
	}{j.Now().UTC(), e.Kind()})
	if err != nil {
		return err
	}
	body, err := json.Marshal(e)
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
