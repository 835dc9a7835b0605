package webpage

import (
	"bytes"

	"scanmaster/cmd/internal/newfile"
)

// Kind is what a page takes the place of: any HTML file that says it is one, as pages
// do that were made before.
var Kind = newfile.Kind{Name: "HTML file", Is: func(head []byte) bool {
	head = bytes.ToLower(bytes.TrimSpace(head))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}}
