package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"scanmaster/spec/diag"
)

// parseYAML gives the root of the text's one document, a mapping, or nil where
// there is none. Its depth is bounded by yaml.v3, and nothing is expanded.
func parseYAML(file string, data []byte) (*yaml.Node, diag.List) {
	var problems diag.List
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	dec := yaml.NewDecoder(bytes.NewReader(data))
	doc, err := next(dec)
	switch {
	case errors.Is(err, io.EOF) || err == nil && isEmpty(doc.Content[0]):
		problems.Errorf(diag.Pos{File: file}, "begin with version: 1", "the file is empty")
		return nil, problems
	case err != nil:
		syntax(&problems, file, data, err)
		return nil, problems
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		problems.Errorf(place(file, root), "begin with version: 1", "a scan file takes a mapping of keys to values, not %s", found(root))
		return nil, problems
	}
	second, err := next(dec)
	switch {
	case err == nil:
		problems.Errorf(place(file, second), "a scan file holds one scan", "a second document begins here")
	case !errors.Is(err, io.EOF):
		syntax(&problems, file, data, err)
	}
	return root, problems
}

// next gives the next document, io.EOF after the last. yaml.v3 panics on some
// texts that it should refuse; here that is an error like others.
func next(dec *yaml.Decoder) (doc *yaml.Node, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			doc, err = nil, fmt.Errorf("yaml: %v", caught)
		}
	}()
	doc = new(yaml.Node)
	if err := dec.Decode(doc); err != nil {
		return nil, err
	}
	return doc, nil
}

func isEmpty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func place(file string, n *yaml.Node) diag.Pos {
	return diag.Pos{File: file, Line: n.Line, Col: n.Column}
}
