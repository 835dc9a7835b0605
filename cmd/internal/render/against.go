package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"scanmaster/cmd/internal/safe"
	"scanmaster/cmd/internal/saved"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// Against writes in what a plan differs from an old one, and nothing else.
func Against(w io.Writer, old, now plan.Plan, changes []plan.Change) error {
	digest, err := saved.Digest(old)
	if err != nil {
		return err
	}
	t := &text{plan: now}
	told := "nothing has changed"
	if len(changes) > 0 {
		told = count(int64(len(changes)), "change")
	}
	t.line(fmt.Sprintf("scan %s · %s · %s since %.15s", now.Summary.Name, now.File, told, digest))
	t.out.WriteString(Changes(changes))
	_, err = io.WriteString(w, t.out.String())
	return err
}

// Changes gives changes as lines: what it was behind a -, what it is behind a +.
func Changes(changes []plan.Change) string {
	width := 0
	for _, c := range changes {
		width = max(width, utf8.RuneCountInString(safe.Line(c.What, 0)))
	}
	t := new(text)
	for _, c := range changes {
		label := pad("  "+safe.Line(c.What, 0), width+len("    "))
		for _, side := range []struct{ sign, words string }{{"- ", c.Old}, {"+ ", c.New}} {
			if side.words != "" {
				t.line(label + side.sign + side.words)
				label = strings.Repeat(" ", width+len("    "))
			}
		}
	}
	return t.out.String()
}

// AgainstJSON gives in what a plan differs from an old one, for programs.
func AgainstJSON(old, now plan.Plan, changes []plan.Change) ([]byte, error) {
	type change struct {
		What string `json:"what"`
		Old  string `json:"old,omitempty"`
		New  string `json:"new,omitempty"`
	}
	doc := struct {
		FormatVersion int      `json:"format_version"`
		From          string   `json:"from"`
		To            string   `json:"to"`
		Changes       []change `json:"changes"`
	}{FormatVersion: JSONVersion, Changes: make([]change, len(changes))}
	for i, c := range changes {
		doc.Changes[i] = change(c)
	}
	var err error
	if doc.From, err = saved.Digest(old); err != nil {
		return nil, err
	}
	if doc.To, err = saved.Digest(now); err != nil {
		return nil, err
	}
	return indented(doc)
}

// Saved says where a plan was saved, and how to carry out just that.
func Saved(w io.Writer, path, digest string) error {
	t := new(text)
	t.line("")
	t.line("saved as " + path + dots + digest)
	t.line("to carry out this and nothing else: scanmaster apply " + job.Quote(path))
	_, err := io.WriteString(w, t.out.String())
	return err
}
