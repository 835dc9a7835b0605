package sshconfig

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// maxDepth is how deep files may include each other, as in OpenSSH.
	maxDepth = 16
	// maxFiles bounds how many files there may be in all.
	maxFiles = 4096
)

// file is one file, as it was read.
type file struct{ items []item }

func (f *file) says(directive string) bool {
	return slices.ContainsFunc(f.items, func(it item) bool {
		return it.key == directive || slices.ContainsFunc(it.files, func(inner *file) bool { return inner.says(directive) })
	})
}

// item is one line of it.
type item struct {
	path  string
	line  int
	key   string // in lower case
	name  string // as written
	args  []string
	files []*file // that an Include names
}

func (it *item) wrong(format string, args ...any) *Error {
	return &Error{File: it.path, Line: it.line, Text: fmt.Sprintf(format, args...)}
}

// parser reads files, and those that they include.
type parser struct {
	env   Env
	dir   string // of relative paths
	depth int
	all   *int
}

func (p parser) file(path string) (*file, error) {
	if *p.all++; *p.all > maxFiles {
		return nil, fmt.Errorf("%s: over %d files are included", path, maxFiles)
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if info, err := in.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	f := new(file)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		it := item{path: path, line: n}
		ok, err := it.parse(lines.Text())
		if err == nil && ok && it.key == "include" {
			err = p.include(&it)
		}
		if err != nil {
			return nil, err
		}
		if ok {
			f.items = append(f.items, it)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// parse reads a line; false for one that says nothing.
func (it *item) parse(line string) (bool, error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return false, nil
	}
	name, rest, ok := keyword(line)
	if !ok {
		return false, it.wrong("%q has no value", line)
	}
	it.name, it.key = name, strings.ToLower(name)
	var err error
	if it.args, err = words(rest); err != nil {
		return false, it.wrong("%s: %v", it.name, err)
	}
	if len(it.args) == 0 {
		return false, it.wrong("%s has no value", it.name)
	}
	return true, nil
}

// keyword takes the keyword, which may be quoted, off a line; false where nothing
// follows it.
func keyword(line string) (name, rest string, ok bool) {
	if quoted, found := strings.CutPrefix(line, `"`); found {
		return strings.Cut(quoted, `"`)
	}
	end := strings.IndexAny(line, " \t=\"")
	if end < 0 {
		return "", "", false
	}
	rest = strings.TrimLeft(line[end:], " \t")
	return line[:end], strings.TrimPrefix(rest, "="), true
}

// words splits at blanks, but not within quotes; what a "#" begins is a comment.
func words(text string) ([]string, error) {
	var all []string
	for {
		text = strings.TrimLeft(text, " \t")
		if text == "" || text[0] == '#' {
			return all, nil
		}
		word, rest, err := word(text)
		if err != nil {
			return nil, err
		}
		all, text = append(all, word), rest
	}
}

// word takes the first word off a text.
func word(text string) (first, rest string, err error) {
	var out strings.Builder
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text) && (strings.IndexByte(`"'\`, text[i+1]) >= 0 || quote == 0 && text[i+1] == ' '):
			i++
			out.WriteByte(text[i])
		case quote == 0 && (c == ' ' || c == '\t'):
			return out.String(), text[i:], nil
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote && quote != 0:
			quote = 0
		default:
			out.WriteByte(c)
		}
	}
	if quote != 0 {
		return "", "", fmt.Errorf("a quote %c isn't closed", quote)
	}
	return out.String(), "", nil
}

// include reads the files that an Include names, in the order of their names; those
// that aren't there are none.
func (p parser) include(it *item) error {
	if p.depth++; p.depth > maxDepth {
		return it.wrong("files include each other over %d deep", maxDepth)
	}
	for _, pattern := range it.args {
		pattern = p.env.home(pattern)
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(p.dir, pattern)
		}
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return it.wrong("Include %s: %v", pattern, err)
		}
		slices.Sort(paths)
		for _, path := range paths {
			f, err := p.file(path)
			if err != nil {
				return err
			}
			it.files = append(it.files, f)
		}
	}
	return nil
}

// home gives the path that "~/…" stands for.
func (e Env) home(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(e.Home, rest)
	}
	return path
}
