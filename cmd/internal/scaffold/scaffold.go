// Package scaffold makes the files that a scan begins with: the scan file, with
// the keys that most scans leave out as comments, a script, a list of targets,
// what is known of the workers, and the schema for editors.
package scaffold

import (
	"embed"
	"fmt"
	"regexp"
	"strings"

	"scanmaster/schema"
)

//go:embed files
var files embed.FS

// The names of what is made.
const (
	// ScanFile is the scan file's.
	ScanFile = "scan.yaml"
	// KnownHosts holds the workers' keys.
	KnownHosts = "known_hosts"
	// Schema is where the scan file's first line leads an editor.
	Schema = ".scan.schema.json"
)

// Config says what a scan is to be.
type Config struct {
	// Name is the scan's.
	Name string
	// Hosts are the workers; where there are none this machine is.
	Hosts []string
	// CI is a system of CIs, for which workflows are made, too, or empty.
	CI string
	// Keys are lines of known_hosts, of those of the hosts whose keys are known.
	Keys []string
}

// File is one to write.
type File struct {
	// Path is relative to the scan's folder, with slashes.
	Path string
	Text []byte
	// Executable tells a script.
	Executable bool
}

// Files gives all that a scan begins with, the scan file first.
func Files(c Config) []File {
	all := []File{
		{Path: ScanFile, Text: scanFile(c)},
		{Path: "remote.sh", Text: embedded("remote.sh"), Executable: true},
		{Path: "targets.txt", Text: embedded("targets.txt")},
		{Path: Schema, Text: schema.JSON},
	}
	all = append(all, workflows(c.CI)...)
	switch {
	case len(c.Hosts) == 0 && c.CI != "":
		return all
	case len(c.Hosts) == 0:
		return append(all, File{Path: "results/.gitignore", Text: embedded("results.gitignore")})
	}
	keys := "# The workers' host keys, a line each; a worker that isn't here is refused.\n"
	for _, line := range c.Keys {
		keys += line + "\n"
	}
	return append(all, File{Path: KnownHosts, Text: []byte(keys)})
}

// What stands in the two places of the scan file that differ with the workers.
const (
	onThisMachine = "hosts: [local]                    # the workers: this machine, which may stand more than once\n" +
		"dir: results                      # all output goes below it\n"
	outside = "hosts: [local]                    # the workers: the runner itself, which may stand more than once\n" +
		"dir: /mnt/scanmaster              # all output goes below it, outside of the checkout\n"
	elsewhere  = "known_hosts: known_hosts          # their keys; one that isn't there is refused\n"
	otherHosts = "# known_hosts: ~/.ssh/known_hosts # the keys of workers that are reached over SSH"
	otherDir   = "# dir: /mnt/scanmaster            # all output goes below it; workers may see it, too"
)

func scanFile(c Config) []byte {
	six, other := onThisMachine, otherHosts
	if c.CI != "" {
		six = outside
	}
	if len(c.Hosts) > 0 {
		var list strings.Builder
		list.WriteString("hosts:                            # the workers, reached over SSH as ssh_config says\n")
		for _, host := range c.Hosts {
			fmt.Fprintf(&list, "  - %s\n", quoted(host))
		}
		six, other = list.String()+elsewhere, otherDir
	}
	name := fmt.Sprintf("%-27s # one word; it names files and folders", quoted(c.Name))
	text := strings.NewReplacer("@NAME@", name, "@SIX@\n", six+"\n", "@OTHER@", other).Replace(string(embedded(ScanFile)))
	return []byte(text)
}

// plain are words that YAML takes for text without quotes.
var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9._-]*[A-Za-z0-9_-]$`).MatchString

// quoted gives a word as YAML takes it for text.
func quoted(word string) string {
	if plain(word) && !truth[strings.ToLower(word)] {
		return word
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}

// truth are words that YAML may take for something else.
var truth = map[string]bool{"true": true, "false": true, "null": true, "yes": true, "no": true, "on": true, "off": true}

// NameOf makes a scan's name of a folder's.
func NameOf(folder string) string {
	name := strings.Trim(regexp.MustCompile(`[^A-Za-z0-9_-]+`).ReplaceAllString(folder, "-"), "-_")
	if name == "" {
		return "scan"
	}
	return name[:min(len(name), maxName)]
}

// maxName is the longest name, in characters.
const maxName = 100

func embedded(name string) []byte {
	text, err := files.ReadFile("files/" + name)
	if err != nil {
		panic(err) // the binary was built without it
	}
	return text
}
