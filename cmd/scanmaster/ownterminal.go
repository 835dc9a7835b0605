package main

import (
	"errors"
	"io"

	"scanmaster/cmd/internal/tty"
	"scanmaster/runner/remote"
)

// ownTerminal is the terminal that the program was started on, given to the scripts one
// after the other.
type ownTerminal struct {
	kind string // TERM
}

// Hand gives the terminal away.
func (c ownTerminal) Hand() (*remote.Terminal, io.Reader, io.Writer, func() error, error) {
	t, err := tty.Open()
	if err != nil {
		return nil, nil, io.Discard, func() error { return nil }, nil //nolint:nilerr // nobody looks on, then
	}
	width, height, err := t.Size()
	if err != nil {
		return nil, nil, nil, nil, errors.Join(err, t.Close())
	}
	sizes, stop := t.Resized()
	terminal := &remote.Terminal{Term: c.kind, Width: width, Height: height, Resize: sizes}
	return terminal, t, t, func() error {
		stop()
		return errors.Join(t.Stop(), t.Close())
	}, nil
}
