package main

import (
	"errors"
	"io"
	"os"

	"scanmaster/cmd/internal/safe"
	"scanmaster/cmd/internal/tty"
)

// errNobody tells that a secret is needed and nobody is there to type it.
var errNobody = errors.New("it is asked for on a terminal, and there is none; use an ssh-agent, or a key without a passphrase")

// asker is ask where somebody sits at the terminal that the program runs on, and nil
// where there is none.
func (a *app) asker() func(prompt string) (string, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	_ = tty.Close() // nothing was written to it
	return a.ask
}

// ask asks for a secret on the terminal that the program runs on, which may be
// another than its input and output.
func (a *app) ask(prompt string) (string, error) {
	secret, err := tty.ReadSecret(safe.Line(prompt, 0), a.ended)
	switch {
	case errors.Is(err, tty.ErrNone):
		err = errNobody
	case errors.Is(err, io.EOF):
		err = errors.New("nothing was typed")
	}
	return secret, err
}
