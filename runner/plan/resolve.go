package plan

import "path/filepath"

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
	default:
		return filepath.Join(base, path)
	}
}
