package main

import (
	"errors"
	"os"
	"time"

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
	secret, err := a.readSecret(tty, safe.Line(prompt, 0))
	_, _ = tty.WriteString("\n")
	return secret, err
}

// readSecret reads a line that isn't shown. A signal that is to end the program ends
// it, too, and leaves the terminal as it was; who reads then does so to the program's
// end, which is near.
func (a *app) readSecret(tty *os.File, prompt string) (string, error) {
	fd := int(tty.Fd())
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
	// Not before nothing is shown any more: who sees the prompt may type at once.
	for range 1000 {
		if now, err := term.GetState(fd); err != nil || *now != *was {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if _, err := tty.WriteString(prompt); err != nil {
		return "", errors.Join(err, term.Restore(fd, was))
	}
	select {
	case l := <-typed:
		return string(l.text), l.err
	case <-a.ended:
		return "", errors.Join(errInterrupted, term.Restore(fd, was))
	}
}

// errInterrupted tells that the program was told to end while it waited for a user.
var errInterrupted = errors.New("interrupted")
