package merge

import (
	"context"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// Counted is what the classic files of a chunk without a record hold.
type Counted struct {
	// Tally counts the targets that have an outcome.
	Tally result.Tally
	left  map[string]int64
}

// Missing reports whether a target has no outcome. It is to be asked once for
// each target of the chunk, in any order: of a host that stands there several
// times only the first ones have one.
func (c *Counted) Missing(t chunk.Target) bool {
	c.left[t.Host]--
	return c.left[t.Host] >= 0
}

// Count counts the results of a classic worker, whose hosts alone tell where a
// target's lines begin; see Merge. The minute is that of the chunk's input.
func Count(ctx context.Context, prefix *share.Dir, minute string, c Chunk) (*Counted, error) {
	counted := &Counted{left: make(map[string]int64)}
	m := &merger{ctx: ctx, prefix: prefix, minute: minute}
	err := m.targets(c, func(t chunk.Target) error {
		counted.left[t.Host]++
		return nil
	})
	if err != nil || c.Dir == "" {
		return counted, err
	}
	dir, err := prefix.Sub(c.Dir)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	err = SubChunks(dir, func(_ []string, sub *share.Dir) error {
		return counted.subChunk(ctx, sub)
	})
	return counted, err
}

func (c *Counted) subChunk(ctx context.Context, dir *share.Dir) error {
	entries, err := dir.Names()
	if err != nil {
		return err
	}
	for _, entry := range entries {
		key, ok := strings.CutPrefix(entry, result.FilePrefix)
		if !ok || !result.IsKey(key) {
			continue
		}
		for _, err := range Places(ctx, dir, entry, key, c.take) {
			if err != nil {
				return err
			}
			c.Tally.Add(key)
		}
	}
	return nil
}

// take tells that a line of a host begins what came of one of the targets that are
// left.
func (c *Counted) take(host string) bool {
	if c.left[host] <= 0 {
		return false
	}
	c.left[host]--
	return true
}
