package plan

import (
	"path/filepath"
	"strings"
)

// Resolve gives the path that a path of the scan file stands for on the
// master: "~" and "~/…" start from home, anything else that isn't absolute
// from base. It is pure: nothing is looked up, no link is followed.
func Resolve(base, home, path string) string {
	switch {
	case path == "~":
		return home
	case strings.HasPrefix(path, "~/"):
		return filepath.Join(home, path[len("~/"):])
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	default:
		return filepath.Join(base, path)
	}
}
