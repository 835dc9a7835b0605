package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"scanmaster/cmd/internal/ci"
	"scanmaster/cmd/internal/junit"
	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
)

// outlets are where a run is told of beside its log. Those of a master that only
// leaves another in the background say what has stopped it before.
type outlets struct {
	app    *app
	system ci.System
	scan   string // its name, or its file as long as nobody knows that
	file   *junit.File
	junit  *junit.Report
	page   *ci.Page

	annotations *ci.Annotations
	sections    *ci.Sections

	summary runner.Summary
	next    string // the command line to go on with
	left    bool   // to a master in the background
}

// telling has what is done told of in the outlets that flags ask for, when it is
// over: what came of it, and what has stopped it. A scan is as its user calls it.
func (a *app) telling(flags masterFlags, scan string, do func(*outlets) error) error {
	o := &outlets{app: a, system: flags.system, scan: filepath.Base(scan)}
	switch {
	case flags.background != "" || o.system == "":
		o.system = ci.None // it speaks to a file, or to whoever tries it out
	case o.system == ci.Auto:
		o.system = ci.Here(a.getenv)
	}
	a.system = o.system
	o.page, o.junit = &ci.Page{}, junit.New(o.scan, time.Now)
	if flags.junit != "" {
		file, err := junit.Create(flags.junit)
		if err != nil {
			return &exitError{exitUsage, fmt.Errorf("--junit: %w", err)}
		}
		o.file = file
	}
	err := do(o)
	if o.left {
		err = errors.Join(err, o.discard())
	}
	if o.left && err == nil {
		return nil
	}
	return o.close(err)
}

// know tells the outlets which scan it is; one in the background has yet to be
// told itself.
func (o *outlets) know(by order) {
	l := by.plan.Layout
	if l.Name == "" {
		return
	}
	o.scan = l.Name
	o.junit.Name, o.junit.Run, o.junit.Dir, o.junit.FailOn = l.Name, l.Run, l.Dir, by.plan.Summary.FailOn
}

// leave leaves all that is to be told to a master in the background.
func (o *outlets) leave() { o.left = true }

// reporter has the outlets hear what a log's reporter hears; with lines the log
// is one for people.
func (o *outlets) reporter(log runner.Reporter, between func(func(io.Writer) error) error, lines bool) runner.Reporter {
	to := ci.Log{Reporter: log, Between: between}
	switch {
	case o.system == ci.GitHub:
		o.annotations = &ci.Annotations{Log: to, Fold: lines, Scan: o.scan}
		log = o.annotations
	case o.system == ci.GitLab && lines:
		o.sections = &ci.Sections{Log: to, Now: time.Now}
		log = o.sections
	}
	return report.Tee{log, o.page, o.junit}
}

// ended takes in what came of a run, and how to go on with it.
func (o *outlets) ended(s runner.Summary, next string) {
	o.summary, o.next = s, next
	if o.sections != nil {
		o.sections.End()
	}
	if o.annotations != nil {
		o.annotations.Unfold()
	}
}

// over takes in what a run that is over has written down of itself.
func (o *outlets) over(written []byte, is *runner.FinishedError) {
	if json.Unmarshal(written, &o.summary) != nil {
		o.summary = runner.Summary{} // it was damaged since, and counts for nothing
	}
	o.summary.Verdict = is.Verdict
}

// close tells what came of all, and gives the error that is left to be shown.
func (o *outlets) close(err error) error {
	stopped := o.stopped(err)
	if err == nil && o.summary.Verdict == "" {
		o.summary.Verdict = runner.Complete // there was nothing to do
	}
	said := ""
	if stopped != nil {
		said = stopped.Error()
	}
	if o.system == ci.GitHub {
		o.annotate(said)
		o.page.Scan = o.scan
		if unsaid := o.summarize(said); unsaid != nil {
			o.app.complain(fmt.Errorf("GITHUB_STEP_SUMMARY: %w", unsaid))
		}
	}
	if o.file == nil {
		return err
	}
	unsaid := o.file.Write(func(w io.Writer) error { return o.junit.Write(w, o.summary, stopped) })
	if unsaid == nil {
		return err
	}
	unsaid = fmt.Errorf("the JUnit report: %w", unsaid)
	if err == nil {
		return unsaid
	}
	o.app.complain(unsaid) // err has the exit status
	return err
}

// stopped gives what has kept a run from its end, which a verdict has not.
func (o *outlets) stopped(err error) error {
	known := new(exitError)
	isKnown := errors.As(err, &known)
	switch {
	case errors.As(err, new(*runner.FinishedError)):
		return nil // it was carried out before
	case !isKnown || known.err != nil:
		return err
	case o.summary.Verdict != "":
		return nil
	case known.status == exitUsage:
		return errors.New("the scan file is invalid; what is wrong with it stands in the log")
	}
	return errors.New("the log says why")
}

func (o *outlets) annotate(said string) {
	if o.annotations == nil { // it did not come to a log
		besides := o.app.besides()
		o.annotations = &ci.Annotations{Log: ci.Log{Reporter: besides, Between: besides.Between}, Scan: o.scan}
	}
	o.annotations.End(o.summary, said)
}

// summarize adds a page to the summary of the step, where there is one.
func (o *outlets) summarize(said string) error {
	path := o.app.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	return ci.Append(path, o.page.Markdown(o.summary, said, o.next))
}

// discard leaves no report: another master writes it.
func (o *outlets) discard() error {
	if o.file == nil {
		return nil
	}
	file := o.file
	o.file = nil
	return file.Discard()
}
