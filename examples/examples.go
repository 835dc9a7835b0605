// Package examples holds scan files that run, and the workflows for CI systems that
// init copies.
package examples

import "embed"

// CI has the workflows, below "ci".
//
//go:embed ci
var CI embed.FS
