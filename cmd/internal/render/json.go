package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/chunk"
	"scanmaster/runner/plan"
)

// JSONVersion is the version of the format that JSON writes. It grows when
// something is renamed or taken away; new members don't count.
const JSONVersion = 1

// document is a plan as JSON.
type document struct {
	FormatVersion int       `json:"format_version"`
	Plan          plan.Plan `json:"plan"`
	// Commands starts the workers, one each, in the order of the chunks.
	Commands []command `json:"commands"`
}

type command struct {
	Worker  string       `json:"worker"`
	Chunk   string       `json:"chunk"`
	Command plan.Command `json:"command"`
	// Classic is the command where the worker's scanslave is found to be that
	// of the classic suite; absent where that can't be, or is refused.
	Classic *plan.Command `json:"classic,omitempty"`
}

// JSON writes a plan for programs: all of it, digests in full, with the exact
// commands that start the workers.
func JSON(w io.Writer, p plan.Plan) error {
	doc := document{FormatVersion: JSONVersion, Plan: p, Commands: commands(p, launch(p))}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := w.Write(safe.JSON(out.Bytes()))
	return err
}

func commands(p plan.Plan, s plan.Launch) []command {
	n := first(p, s)
	out := make([]command, 0, n)
	for i, name := range chunk.Names(find[plan.Split](p).Chunks)[:n] {
		w := s.Workers[i]
		starts := command{Worker: w.Name, Chunk: name, Command: s.Command(p.Layout, w, name, jobFile(p.Layout))}
		if c, ok := classic(p, s, w, name, i); ok {
			starts.Classic = &c
		}
		out = append(out, starts)
	}
	return out
}

// first is how many workers get a chunk at the start, in their order. What
// chunks are left goes to whoever is free.
func first(p plan.Plan, s plan.Launch) int {
	split := find[plan.Split](p)
	return min(cmp.Or(split.CanaryChunks, split.Chunks), len(s.Workers))
}
