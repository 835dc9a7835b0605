package gather

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/plan"
	"scanmaster/spec/diag"
)

// targets counts the targets of all inputs, and what is excluded of them.
func (g *gatherer) targets() {
	exclude, ok := g.exclude()
	for _, path := range g.scan.Input {
		ok = g.list(path, func(r io.Reader) error {
			counts, err := chunk.Count(r, exclude)
			g.facts.Targets += counts.Targets
			g.facts.Excluded += counts.Excluded
			return err
		}) && ok
	}
	g.facts.Counted = ok
}

// exclude reads what is never scanned; false tells that not all of it is known.
func (g *gatherer) exclude() (*chunk.Exclude, bool) {
	ok := true
	for _, path := range g.scan.Exclude {
		ok = g.list(path, func(r io.Reader) error {
			_, err := chunk.Count(r, nil)
			return err
		}) && ok
	}
	if !ok {
		return nil, false
	}
	var lists []io.Reader
	for _, path := range g.scan.Exclude {
		f, _, err := g.from.Open(g.resolve(path))
		if err != nil {
			return nil, false
		}
		defer f.Close()
		lists = append(lists, cancellable{g.ctx, f})
	}
	exclude, err := chunk.ReadExclude(lists...)
	return exclude, err == nil
}

// list reads a list of targets; false tells that it isn't there or can't be
// read.
func (g *gatherer) list(path string, use func(io.Reader) error) bool {
	return g.file(path, func(r io.Reader) error { return g.badLines(path, use(r)) })
}

// badLines makes problems of a list's bad lines, and passes other errors on.
// The lines themselves are never quoted: they are another file's. What the pre
// hook may still mend is only warned of.
func (g *gatherer) badLines(path string, err error) error {
	bad := new(chunk.LineErrors)
	if !errors.As(err, &bad) {
		return err
	}
	problem := diag.Diagnostic{Severity: diag.Error}
	if g.scan.Hooks.Pre != "" {
		problem.Severity = diag.Warning
	}
	for _, e := range bad.Errors {
		problem.Pos, problem.Summary = diag.Pos{File: g.shown(path), Line: int(e.Line)}, e.Reason
		g.problems = append(g.problems, problem)
	}
	if bad.More > 0 {
		// At the place of the last, so that it stays behind it.
		problem.Summary = fmt.Sprintf("and %d more after this one", bad.More)
		g.problems = append(g.problems, problem)
	}
	return nil
}

// shown gives a file's path as one would type it where the scan file was
// named.
func (g *gatherer) shown(path string) string {
	if path == "~" || strings.HasPrefix(path, "~/") {
		return path
	}
	return plan.Resolve(filepath.Dir(g.scan.File()), g.facts.Home, path)
}
