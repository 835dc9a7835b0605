package render

import (
	"bytes"
	"cmp"
	"encoding/json"

	"scanmaster/cmd/internal/safe"
	"scanmaster/cmd/internal/saved"
	"scanmaster/runner/chunk"
	"scanmaster/runner/plan"
)

// JSONVersion is the version of the formats that programs read. It grows when
// something is renamed or taken away; new members don't count.
const JSONVersion = saved.FormatVersion

// document is a plan as JSON.
type document struct {
	FormatVersion int `json:"format_version"`
	// Digest is saved.Digest of the plan.
	Digest string    `json:"digest"`
	Plan   plan.Plan `json:"plan"`
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

// JSON gives a plan for programs, as it is saved: all of it, digests in full, with
// the exact commands that start the workers.
func JSON(p plan.Plan) ([]byte, error) {
	digest, err := saved.Digest(p)
	if err != nil {
		return nil, err
	}
	return indented(document{FormatVersion: JSONVersion, Digest: digest, Plan: p, Commands: commands(p, launch(p))})
}

// indented gives a value as JSON that people can read, too.
func indented(value any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(value)
	return safe.JSON(out.Bytes()), err
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
