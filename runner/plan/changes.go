package plan

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"scanmaster/runner/job"
)

// Change is one thing in which two plans of a scan differ.
type Change struct {
	// What names it: a file by the scan file's key, a worker, a build, or a value
	// by its place in the summary, in a step, or elsewhere in the plan's JSON.
	What string
	// Old and New say what it was and what it is, in one line; empty where it
	// wasn't there, or isn't any more.
	Old, New string
}

// Changes tells in what a plan differs from an old one: the files first, then the
// workers, then everything else. It is empty where the two do the same. That the
// scan file was named by another path is no change, since nothing else is done.
func Changes(old, now Plan) ([]Change, error) {
	was, err := tree(old)
	if err != nil {
		return nil, err
	}
	is, err := tree(now)
	if err != nil {
		return nil, err
	}
	var c comparison
	c.diff(nil, was, is)
	for i := range c.others {
		what := &c.others[i].What
		*what = strings.TrimPrefix(strings.TrimPrefix(*what, "summary."), "step.")
	}
	return slices.Concat(c.files, c.workers, c.others), nil
}

// tree gives a plan's JSON as it is compared: steps by their kind.
func tree(p Plan) (map[string]any, error) {
	p.File = ""
	// The job's digests are those of the files.
	p.Job.Script.SHA256 = ""
	if p.Job.PostChunk != nil {
		p.Job.PostChunk = &job.Staged{Path: p.Job.PostChunk.Path}
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	var all map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&all); err != nil {
		return nil, err
	}
	steps := make(map[string]any)
	for i, step := range p.Steps {
		steps[step.Kind()] = all["steps"].([]any)[i]
	}
	delete(all, "steps")
	all["step"] = steps
	return all, nil
}

// comparison is what was found to differ. A file or a value that stands at
// several places of a plan is told of once.
type comparison struct {
	files, workers, others []Change
	told                   []Change
}

func (c *comparison) diff(path []string, was, is any) {
	if reflect.DeepEqual(was, is) {
		return
	}
	if kind, id := identity(either(was, is)); kind != "" {
		c.tell(kind, id, was, is)
		return
	}
	before, _ := was.(map[string]any)
	after, _ := is.(map[string]any)
	if before != nil && after != nil {
		c.diffMaps(path, before, after)
		return
	}
	listed, _ := was.([]any)
	lists, _ := is.([]any)
	if named(listed) || named(lists) {
		c.diffNamed(path, listed, lists)
		return
	}
	c.tell("", strings.Join(path, "."), was, is)
}

func (c *comparison) diffMaps(path []string, was, is map[string]any) {
	keys := slices.Collect(maps.Keys(was))
	for key := range is {
		if _, both := was[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	// What a reviewer reads first is named by its place there.
	slices.SortStableFunc(keys, func(a, b string) int { return last(a, "step") - last(b, "step") })
	for _, key := range keys {
		c.diff(append(slices.Clone(path), key), was[key], is[key])
	}
}

// diffNamed compares lists by what their elements are called. Where these are the
// same, their order differs, which decides who gets which chunk first.
func (c *comparison) diffNamed(path []string, was, is []any) {
	before, after := byName(was), byName(is)
	if reflect.DeepEqual(before, after) {
		c.tell("", strings.Join(path, ".")+", their order", names(was), names(is))
		return
	}
	c.diffMaps(path, before, after)
}

func last(key, which string) int {
	if key == which {
		return 1
	}
	return 0
}

func (c *comparison) tell(kind, what string, was, is any) {
	change := Change{What: what, Old: inWords(was), New: inWords(is)}
	alike := change
	if kind == "" {
		alike.What = what[strings.LastIndex(what, ".")+1:]
	}
	if slices.Contains(c.told, alike) {
		return
	}
	c.told = append(c.told, alike)
	switch kind {
	case "":
		c.others = append(c.others, change)
	case kindWorker:
		c.workers = append(c.workers, change)
	default:
		c.files = append(c.files, change)
	}
}
