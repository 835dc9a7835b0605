package main

import (
	"errors"
	"os"

	"golang.org/x/term"

	"scanmaster/cmd/internal/safe"
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
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", errNobody
	}
	defer tty.Close()
	if _, err := tty.WriteString(safe.Line(prompt, 0)); err != nil {
		return "", err
	}
	secret, err := a.readSecret(int(tty.Fd()))
	_, _ = tty.WriteString("\n")
	return secret, err
}

// readSecret reads a line that isn't shown. A signal that is to end the program ends
// it, too, and leaves the terminal as it was; who reads then does so to the program's
// end, which is near.
func (a *app) readSecret(fd int) (string, error) {
	was, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	type line struct {
		text []byte
		err  error
	}
	typed := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		typed <- line{text, err}
	}()
	select {
	case l := <-typed:
		return string(l.text), l.err
	case <-a.ended:
		return "", errors.Join(errInterrupted, term.Restore(fd, was))
	}
}

// errInterrupted tells that the program was told to end while it waited for a user.
var errInterrupted = errors.New("interrupted")
