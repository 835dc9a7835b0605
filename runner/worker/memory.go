package worker

import (
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
)

// available is how much memory can be had, in bytes, and of what: of the machine
// (MemAvailable of proc(5)), or of one of the control groups that this process is
// in, whichever has less. Nothing is known where the machine doesn't tell.
func available(root fs.FS) (bytes int64, of string, ok bool) {
	bytes, ok = field(root, "proc/meminfo", "MemAvailable:")
	if !ok {
		return 0, "", false
	}
	bytes, of = bytes<<10, "this machine" // it is told in KiB
	if room := groupRoom(root); room < bytes {
		return room, "its control group", true
	}
	return bytes, of, true
}

// field is the number behind a word in a file of lines.
func field(root fs.FS, name, word string) (int64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) >= 2 && words[0] == word {
			n, err := strconv.ParseInt(words[1], 10, 64)
			return n, err == nil && n >= 0
		}
	}
	return 0, false
}

// groupRoom is how much the memory controllers of control groups leave, of the
// first version and the second (cgroups(7)); a great deal where none says.
func groupRoom(root fs.FS) int64 {
	room := int64(math.MaxInt64)
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return room
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		switch {
		case parts[0] == "0" && parts[1] == "":
			room = min(room, roomAlong(root, "sys/fs/cgroup", parts[2], groupFiles{"memory.max", "memory.current", "inactive_file"}))
		case strings.Contains(","+parts[1]+",", ",memory,"):
			room = min(room, roomAlong(root, "sys/fs/cgroup/memory", parts[2],
				groupFiles{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"}))
		}
	}
	return room
}

// groupFiles are the names of what a control group tells: the files of its limit
// and of its use, and in memory.stat what of that could be had back.
type groupFiles struct{ limit, usage, cache string }

// roomAlong is the least that a group and those around it leave. In a container the
// path may be that outside, and the group the root of what is seen.
func roomAlong(root fs.FS, mount, group string, files groupFiles) int64 {
	room := int64(math.MaxInt64)
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		folder := path.Join(mount, group)
		limit, limited := number(root, path.Join(folder, files.limit))
		usage, used := number(root, path.Join(folder, files.usage))
		if limited && used {
			cache, _ := field(root, path.Join(folder, "memory.stat"), files.cache)
			room = min(room, max(0, limit-usage+cache))
		}
		if group == "/" {
			return room
		}
	}
}

// number reads a file that is one; "max" is none.
func number(root fs.FS, name string) (int64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}
