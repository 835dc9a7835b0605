package spec

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"scanmaster/spec/diag"
)

// saying is one of yaml.v3's messages in plain words.
type saying struct {
	yaml    string
	summary string
	hint    string
	// parsed tells the parser's messages from the scanner's: it counts lines
	// from 0 where the scanner counts from 1.
	parsed bool
}

const quoteIt = "put the value in quotes"

var sayings = []saying{
	{yaml: "mapping values are not allowed", summary: "a colon is not expected here", hint: "put the value in quotes, or mend the indentation"},
	{yaml: "could not find expected ':'", summary: "a key has no colon after it"},
	{yaml: "cannot start any token", summary: "a value can't begin like this", hint: quoteIt},
	{yaml: "found unexpected end of stream", summary: "a quote is opened and never closed"},
	{yaml: "found unexpected document indicator", summary: "a quote is opened and never closed"},
	{yaml: "unknown escape character", summary: "a backslash in double quotes is followed by no known letter", hint: "use single quotes"},
	{yaml: "hexdecimal number", summary: "a backslash in double quotes is followed by no known letter", hint: "use single quotes"},
	{yaml: "exceeded max depth", summary: "lists or mappings are nested too deeply"},
	{yaml: "block sequence entries are not allowed", summary: "a list is not expected here", hint: "begin it on a line of its own"},
	{yaml: "did not find expected key", summary: "a key is expected here", hint: "mend the indentation", parsed: true},
	{yaml: "did not find expected '-' indicator", summary: "an entry of the list is expected here", hint: "mend the indentation", parsed: true},
	{yaml: "did not find expected ',' or ']'", summary: "a list opened by [ lacks a comma or its ]", parsed: true},
	{yaml: "did not find expected ',' or '}'", summary: "a mapping opened by { lacks a comma or its }", parsed: true},
	{yaml: "did not find expected node content", summary: "a value is expected here", hint: quoteIt, parsed: true},
	{yaml: "did not find expected <document start>", summary: "nothing can follow the end of the document", parsed: true},
	{yaml: "found incompatible YAML document", summary: "this version of YAML is not known", hint: "leave the %YAML line out", parsed: true},
}

var (
	yamlLine    = regexp.MustCompile(`^yaml: line (\d+): `)
	yamlUnknown = regexp.MustCompile(`^yaml: unknown anchor '(.*)' referenced$`)
)

// syntax adds what yaml.v3 said of a text that is no YAML, in plain words. It
// knows the line at best; the column is that of the line's first word.
func syntax(problems *diag.List, file string, data []byte, err error) {
	text := err.Error()
	if unknown := yamlUnknown.FindStringSubmatch(text); unknown != nil {
		problems.Errorf(find(file, data, "*"+unknown[1]), noAliasesHint, noAliases)
		return
	}
	line := 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits, and never many
	}
	said := saying{summary: "this is no YAML"}
	for _, s := range sayings {
		if strings.Contains(text, s.yaml) {
			said = s
			break
		}
	}
	if said.parsed && line > 1 {
		line++
	}
	lines := bytes.Split(data, []byte("\n"))
	if n, col := tab(lines, line); n > 0 {
		problems.Errorf(diag.Pos{File: file, Line: n, Col: col}, "indent with blanks", "a tab is used for indentation")
		return
	}
	line = min(line, len(lines))
	problems.Errorf(diag.Pos{File: file, Line: line, Col: firstWord(lines[line-1])}, said.hint, "%s", said.summary)
}

// tab looks for a tab in the indentation of the line, or of the one after it.
func tab(lines [][]byte, line int) (n, col int) {
	for n := line; n <= min(line+1, len(lines)); n++ {
		text := lines[n-1]
		indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
		if i := bytes.IndexByte(indent, '\t'); i >= 0 {
			return n, i + 1
		}
	}
	return 0, 0
}

// firstWord is the column at which the line's text begins.
func firstWord(line []byte) int {
	return len(line) - len(bytes.TrimLeft(line, " \t")) + 1
}

// find gives the place of the first mention of a text.
func find(file string, data []byte, text string) diag.Pos {
	i := bytes.Index(data, []byte(text))
	if i < 0 {
		return diag.Pos{File: file}
	}
	line := bytes.Count(data[:i], []byte("\n")) + 1
	start := bytes.LastIndexByte(data[:i], '\n') + 1
	return diag.Pos{File: file, Line: line, Col: utf8.RuneCount(data[start:i]) + 1}
}
