package host

import "strings"

// goOS gives Go's word for what uname -s says.
func goOS(uname string) string { return strings.ToLower(uname) }

// arches are Go's words for what uname -m says.
var arches = map[string]string{
	"x86_64":  "amd64",
	"amd64":   "amd64",
	"aarch64": "arm64",
	"arm64":   "arm64",
	"i386":    "386",
	"i486":    "386",
	"i586":    "386",
	"i686":    "386",
	"i86pc":   "amd64",
	"armv6l":  "arm",
	"armv7l":  "arm",

	"loongarch64": "loong64",
}

// goArch gives Go's word for what uname -m says; many are the same.
func goArch(uname string) string {
	if arch, ok := arches[uname]; ok {
		return arch
	}
	return uname
}
