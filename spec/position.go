package spec

import (
	"strings"

	"scanmaster/spec/diag"
)

// at looks a path up, and then the paths above it.
func at(pos map[string]diag.Pos, file, path string) diag.Pos {
	for path != "" {
		if p, ok := pos[path]; ok {
			return p
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return diag.Pos{File: file}
}
