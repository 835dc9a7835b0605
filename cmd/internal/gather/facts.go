// Package gather finds out what a plan needs to know of the files that a scan
// names: are they there, how long are they, what is their digest, and how many
// targets do they list. It only reads, and nothing but regular files.
package gather

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// Facts finds out what a plan of the scan needs to know. Relative paths start
// from the scan file's folder, "~" stands for home. The problems are those of
// lists of targets and of workers, which are named by line and never quoted;
// that a file can't be used is in its facts. Run, Min and Bin are left to the
// caller. All files are opened by from. When ctx ends, the facts are incomplete.
func Facts(ctx context.Context, scan *spec.Scan, home string, from open.Opener) (plan.Facts, diag.List) {
	base, err := filepath.Abs(filepath.Dir(scan.File()))
	if err != nil {
		base = filepath.Dir(scan.File()) // the working directory is gone; so are the files
	}
	g := &gatherer{ctx: ctx, scan: scan, from: from, facts: plan.Facts{
		Base: base, Home: home, NoHome: !filepath.IsAbs(home), Files: make(map[string]plan.FileFacts),
	}}
	if text := scan.Inline(); text != nil {
		g.facts.Scan = measured(text)
	} else {
		g.facts.Scan, _ = g.read(filepath.Base(scan.File()), drain)
	}
	for _, path := range []string{scan.Hooks.Pre, scan.Remote.Script, scan.Hooks.PostChunk, scan.Hooks.Aggregate, scan.KnownHosts} {
		if path != "" {
			g.file(path, drain)
		}
	}
	if scan.DeployFrom != "" {
		g.folder(scan.DeployFrom)
	}
	g.hosts()
	g.targets()
	return g.facts, g.problems
}

// gatherer is the state of a gathering.
type gatherer struct {
	ctx      context.Context
	scan     *spec.Scan
	from     open.Opener
	facts    plan.Facts
	problems diag.List
}

func (g *gatherer) resolve(path string) string {
	return plan.Resolve(g.facts.Base, g.facts.Home, path)
}

// file remembers what is found of a file while use reads it; false tells that
// it isn't there or can't be used.
func (g *gatherer) file(path string, use func(io.Reader) error) bool {
	found, there := g.read(path, use)
	if there {
		g.facts.Files[path] = found
	}
	return there && found.Problem == ""
}

// folder remembers whether a folder is there.
func (g *gatherer) folder(path string) {
	switch err := g.from.Folder(g.resolve(path)); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		g.facts.Files[path] = plan.FileFacts{Problem: err.Error()}
	default:
		g.facts.Files[path] = plan.FileFacts{}
	}
}

// read hands a file to use, and measures all of it, also what use leaves;
// false tells that it isn't there.
func (g *gatherer) read(path string, use func(io.Reader) error) (plan.FileFacts, bool) {
	f, info, err := g.from.Open(g.resolve(path))
	if errors.Is(err, fs.ErrNotExist) {
		return plan.FileFacts{}, false
	}
	if err != nil {
		return plan.FileFacts{Problem: err.Error()}, true
	}
	defer f.Close()
	m := newMeter()
	all := io.TeeReader(cancellable{g.ctx, f}, m)
	err = use(all)
	if err == nil {
		err = drain(all)
	}
	if err != nil {
		return plan.FileFacts{Problem: open.Reason(err).Error()}, true
	}
	return m.facts(info), true
}

// drain reads to the end and keeps nothing.
func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
