package plan

import (
	"scanmaster/runner/job"
	"scanmaster/spec"
	"scanmaster/spec/diag"
)

// Compile turns a scan into the steps that carry it out. The list holds the
// problems that only the facts can show; the plan is complete where none of
// them is an error, and else only good for nothing.
func Compile(scan *spec.Scan, facts Facts) (Plan, diag.List) {
	c := &compiler{scan: scan, facts: facts, layout: layoutOf(scan, facts)}
	c.gatherFiles()
	c.judge()
	return Plan{
		File:     scan.File(),
		Base:     facts.Base,
		Version:  scan.Version,
		Confined: facts.Confined != nil,
		Layout:   c.layout,
		Lease:    scan.Lease.Std(),
		Timeout:  scan.Timeouts.Scan.Std(),
		Summary:  c.summary(),
		Job:      c.jobFile(),
		Builds:   facts.Builds,
		Steps:    c.steps(),
	}, c.problems
}

// Judge gives the problems that only the facts can show of a scan that has
// others, as far as they don't follow from those.
func Judge(scan *spec.Scan, facts Facts) diag.List {
	if !scan.Readable() {
		return nil
	}
	c := &compiler{scan: scan, facts: facts, layout: layoutOf(scan, facts)}
	c.gatherFiles()
	c.judge()
	return c.problems
}

// compiler is a compilation under way.
type compiler struct {
	scan     *spec.Scan
	facts    Facts
	layout   job.Layout
	problems diag.List

	workers []Worker
	// script, hooks and inputs are the scan's files with what was found of
	// them; a hook is nil where it isn't given.
	script                     File
	pre, postChunk, aggregator *File
	inputs, exclude, hostFiles []File
	// bases are below the scan file, the nearest first.
	bases      []File
	knownHosts *File
}

func layoutOf(scan *spec.Scan, facts Facts) job.Layout {
	return job.Layout{
		Dir:  Resolve(facts.Base, facts.Home, scan.Dir),
		Name: scan.Name,
		Run:  facts.Run,
		Min:  facts.Min,
	}
}

// dynamic tells that the pre hook may still change what was found.
func (c *compiler) dynamic() bool { return c.pre != nil || c.scan.Wrong("hooks.pre") }

// counted tells whether the number of targets is known for good.
func (c *compiler) counted() bool { return c.facts.Counted && !c.dynamic() }

// remote counts the workers that are reached over SSH.
func (c *compiler) remote() int {
	n := 0
	for _, w := range c.workers {
		if !w.Local {
			n++
		}
	}
	return n
}
