package ci

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/report"
	"scanmaster/cmd/internal/safe"
	"scanmaster/runner"
)

// The bounds of a page: of a text in bytes, and of a list in lines. With them no
// page has more than a tenth of what GitHub takes of a step, maxPage bytes.
const (
	maxCode = 300
	maxList = 50
	maxPage = 1 << 20
)

// Page collects what a page in Markdown tells of a run at its end.
type Page struct {
	// Scan is the scan's name.
	Scan string

	workers, warnings, hooks list
}

// list is bounded: what is beyond is counted.
type list struct {
	lines []string
	more  int
}

func (l *list) add(format string, args ...any) {
	if len(l.lines) == maxList {
		l.more++
		return
	}
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

// Report implements runner.Reporter.
func (p *Page) Report(e runner.Event) {
	switch e := e.(type) {
	case runner.WorkerSkipped:
		p.workers.add("%s was left out: %s", code(e.Worker), code(e.Reason))
	case runner.WorkerLost:
		again := ""
		if e.Again {
			again = ", and another went on"
		}
		p.workers.add("%s was lost with %s%s: %s", code(e.Worker), code(e.Chunk), again, code(e.Reason))
	case runner.HookFailed:
		where := ""
		if e.Where != "" {
			where = " on " + code(e.Where)
		}
		p.hooks.add("%s failed%s: %s", code(e.Hook), where, code(e.Reason))
	case runner.Warning:
		p.warnings.add("%s", code(e.Text))
	}
}

// Markdown gives the page of a run that is over: what came of it, the error that
// has stopped it, empty where none has, and the command line to go on with, where
// there is one.
func (p *Page) Markdown(s runner.Summary, err, next string) string {
	var b strings.Builder
	if err != "" {
		fmt.Fprintf(&b, "### scan %s was not carried out to its end\n\n", code(p.Scan))
		for line := range strings.Lines(safe.Text("", err, maxCode, maxList)) {
			fmt.Fprintf(&b, "- %s\n", code(strings.TrimSuffix(line, "\n")))
		}
	} else {
		fmt.Fprintf(&b, "### scan %s: %s, in %s\n", code(p.Scan), report.Words(s.Verdict), s.Took.Round(100*time.Millisecond))
	}
	if s.IsCounted() {
		outcomes(&b, s)
	}
	p.workers.write(&b, "Workers")
	p.hooks.write(&b, "Hooks")
	missing(&b, s)
	p.warnings.write(&b, "Warnings")
	if s.Results != "" {
		fmt.Fprintf(&b, "\nResults: %s\n", code(s.Results))
	}
	if next != "" {
		fmt.Fprintf(&b, "\nNext: %s\n", code(next))
	}
	return b.String()
}

// outcomes is the table of a tally.
func outcomes(b *strings.Builder, s runner.Summary) {
	b.WriteString("\n| outcome | targets | |\n|:--|--:|:--|\n")
	var more list
	for _, row := range report.Rows(s) {
		more.add("| %s | %s | %s |", code(row.Class), humanize.Comma(row.Count), words(row.Meaning))
	}
	for _, line := range more.lines {
		b.WriteString(line + "\n")
	}
	if more.more > 0 {
		fmt.Fprintf(b, "| and %d more | | |\n", more.more)
	}
	excluded := ""
	if s.Excluded > 0 {
		excluded = ", " + humanize.Comma(s.Excluded) + " more excluded"
	}
	fmt.Fprintf(b, "| of | %s | targets%s |\n", humanize.Comma(s.Targets), excluded)
}

// missing names the first targets without an outcome.
func missing(b *strings.Builder, s runner.Summary) {
	var names list
	for _, name := range s.MissingNames {
		names.add("%s", code(name))
	}
	if s.Missing > 0 && s.MissingFile != "" {
		names.add("all of them: %s", code(s.MissingFile))
	}
	names.write(b, "Targets without an outcome")
}

func (l list) write(b *strings.Builder, title string) {
	if len(l.lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n**%s**\n\n", title)
	for _, line := range l.lines {
		fmt.Fprintf(b, "- %s\n", line)
	}
	if l.more > 0 {
		fmt.Fprintf(b, "- and %d more\n", l.more)
	}
}

// marks are the two characters that mean something in a code span of a table.
var marks = strings.NewReplacer("`", `\x60`, "|", `\x7c`)

// code gives hostile text as a code span, in which there is no HTML, no link, no
// image and nobody is mentioned: nothing in it can end the span, nor a table's
// cell.
func code(s string) string {
	s = s[:min(len(s), maxCode+1)] // of which no byte is shown as less
	s = safe.Line(marks.Replace(s), maxCode)
	if strings.TrimSpace(s) == "" {
		return "-"
	}
	return "`" + s + "`"
}

var plain = regexp.MustCompile(`^[A-Za-z0-9 ,:'-]*$`).MatchString

// words gives text of ours as it is, unless it quotes something.
func words(s string) string {
	if plain(s) {
		return s
	}
	return code(s)
}

// Append adds a page to the file that GitHub makes a step's summary of, where it
// takes that much.
func Append(path, page string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666) // as other programs do
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > 0 {
		page = "\n" + page // what is there may be a paragraph
	}
	if info.Size()+int64(len(page)) > maxPage {
		return fmt.Errorf("%s has no room for it: GitHub takes 1 MiB of a step", path)
	}
	_, err = f.WriteString(page)
	return err
}

// verdict puts what came of a run into one line.
func verdict(s runner.Summary) string {
	said := report.Words(s.Verdict)
	if counts := report.Counts(s.Tally); counts != "" {
		said += ": " + counts
	}
	if s.Missing > 0 {
		said += ", " + humanize.Comma(s.Missing) + " missing"
	}
	return said
}
