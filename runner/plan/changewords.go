package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
)

// either gives that of two values which is there.
func either(was, is any) any {
	if was != nil {
		return was
	}
	return is
}

// The kinds of what has a name of its own, whatever its place in the plan.
const (
	kindWorker = "worker"
	kindBuild  = "build"
)

// identity tells a file, a build and a worker of everything else, by what only
// such have, and gives its name.
func identity(value any) (kind, id string) {
	m, ok := value.(map[string]any)
	if !ok {
		return "", ""
	}
	role, isFile := m["role"].(string)
	key, _ := m["key"].(string)
	name, _ := m["name"].(string)
	_, isWorker := m["host"].(string)
	system, isBuild := m["system"].(string)
	switch {
	case isFile:
		return role, key
	case isWorker:
		return kindWorker, kindWorker + " " + name
	case isBuild:
		return kindBuild, kindBuild + " " + system
	}
	if file, staged := m["file"]; staged {
		return identity(file)
	}
	return "", ""
}

// named tells that what is in a list has names.
func named(list []any) bool {
	if len(list) == 0 {
		return false
	}
	kind, _ := identity(list[0])
	return kind != ""
}

func byName(list []any) map[string]any {
	all := make(map[string]any, len(list))
	for _, value := range list {
		_, id := identity(value)
		all[id] = value
	}
	return all
}

func names(list []any) string {
	all := make([]string, len(list))
	for i, value := range list {
		kind, id := identity(value)
		all[i] = strings.TrimPrefix(id, kind+" ")
	}
	return strings.Join(all, ", ")
}

// inWords says what a value is, in one line.
func inWords(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any:
		if file, staged := v["file"]; staged {
			return inWords(file)
		}
		if _, isFile := v["role"]; isFile {
			return fileInWords(v)
		}
		if host, isWorker := v["host"].(string); isWorker {
			return workerInWords(v, host)
		}
		if sum, isBuild := v["sha256"].(string); isBuild {
			return short(sum)
		}
	}
	text, err := marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func fileInWords(file map[string]any) string {
	path, _ := file["path"].(string)
	if path == "" {
		return "all lists, joined"
	}
	sum, known := file["sha256"].(string)
	if !known {
		return path + ", made by the pre hook"
	}
	lines := int64(0)
	if n, ok := file["lines"].(json.Number); ok {
		lines, _ = n.Int64() // we wrote it
	}
	words := humanize.Comma(lines) + " lines"
	if lines == 1 {
		words = "1 line"
	}
	return fmt.Sprintf("%s, %s, %s", path, words, short(sum))
}

// workerInWords gives a worker as ssh would be told of it.
func workerInWords(w map[string]any, host string) string {
	if user, ok := w["user"].(string); ok {
		host = user + "@" + host
	}
	if port, ok := w["port"].(json.Number); ok {
		host += " port " + port.String()
	}
	if identity, ok := w["identity"].(string); ok {
		host += " with " + identity
	}
	return host
}

func short(sum string) string { return fmt.Sprintf("sha256:%.12s", sum) }
