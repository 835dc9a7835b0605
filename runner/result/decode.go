package result

import (
	"encoding/json"
	"errors"
	"fmt"
)

var errLine = errors.New("no such line number")

// decode fills in what the entry's kind says from a whole line.
func (e *Entry) decode(line []byte) error {
	switch e.Kind {
	case KindHeader:
		return e.decodeHeader(line)
	case KindAttempt:
		var body attemptBody
		if err := json.Unmarshal(line, &body); err != nil {
			return err
		}
		e.Attempt = body.Attempt
		body.Raw.unmask(e.Attempt.texts())
		return checkLine(e.Attempt.Line)
	case KindOutcome:
		var body outcomeBody
		if err := json.Unmarshal(line, &body); err != nil {
			return err
		}
		e.Outcome = body.Outcome
		body.Raw.unmask(e.Outcome.texts())
		return checkLine(e.Outcome.Line)
	case KindSynced:
		return json.Unmarshal(line, &e.Synced)
	case KindResumed:
		var body resumedBody
		if err := json.Unmarshal(line, &body); err != nil {
			return err
		}
		e.Resumed = body.Resumed
		body.Raw.unmask(e.Resumed.texts())
		return nil
	}
	return fmt.Errorf("lines of kind %q are not known", byte(e.Kind))
}

func (e *Entry) decodeHeader(line []byte) error {
	var body headerBody
	if err := json.Unmarshal(line, &body); err != nil {
		return err
	}
	if body.Format != Format {
		return fmt.Errorf("format %d, not %d", body.Format, Format)
	}
	e.Header = body.Header
	body.Raw.unmask(e.Header.texts())
	return nil
}

func checkLine(line int64) error {
	if line < 1 || line > maxLine {
		return errLine
	}
	return nil
}
