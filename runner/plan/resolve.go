package plan

import (
	"path/filepath"
	"strings"
)

// Resolve gives the path that a path of the scan file stands for on the
// master: "~" and "~/…" start from home, anything else that isn't absolute
// from base. Where home is no absolute path, nobody knows it, and what starts
// from there is nowhere. It is pure: nothing is looked up, no link is followed.
func Resolve(base, home, path string) string {
	switch {
	case FromHome(path):
		return inHome(home, path[len("~"):])
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	case base == BasePlaceholder:
		return besides(filepath.Clean(path))
	default:
		return filepath.Join(base, path)
	}
}

// besides is where a clean path leads from the folder that nobody knows yet: one
// that goes up must not take the placeholder away, which would leave another path.
func besides(path string) string {
	up := 0
	for path == ".." || strings.HasPrefix(path, "../") {
		path = strings.TrimPrefix(strings.TrimPrefix(path, ".."), "/")
		up++
	}
	if up == 0 {
		return filepath.Join(BasePlaceholder, path)
	}
	return filepath.Join(strings.TrimSuffix(BasePlaceholder, ">")+strings.Repeat("^", up)+">", path)
}
