package tty

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"
)

// maxSecret bounds a secret, in bytes.
const maxSecret = 4 << 10

// ReadSecret shows a prompt on the program's own terminal once nothing that is typed is
// seen on it any more, and reads a line. It ends with done, too. The error is io.EOF
// then, and where the user ends the input, as by ^D; it is ErrNone where there is no
// terminal.
func ReadSecret(prompt string, done <-chan struct{}) (secret string, err error) {
	file, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", noTerminal(err)
	}
	echo := Echo{Terminal: file}
	defer func() {
		_, unseen := file.WriteString("\n") // which the user's own was not
		err = errors.Join(err, unseen, echo.Show(), file.Close())
	}()
	if err := echo.Hide(); err != nil {
		return "", err
	}
	return readLine(file, prompt, done)
}

// ReadLine is ReadSecret for what may be seen.
func ReadLine(prompt string, done <-chan struct{}) (line string, err error) {
	file, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", noTerminal(err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return readLine(file, prompt, done)
}

// readLine shows a prompt and reads a line.
func readLine(file *os.File, prompt string, done <-chan struct{}) (string, error) {
	if _, err := file.WriteString(prompt); err != nil {
		return "", err
	}
	read := make(chan struct{})
	defer close(read)
	go func() {
		select {
		case <-done:
			_ = file.SetReadDeadline(time.Unix(1, 0)) // else the user ends it
		case <-read:
		}
	}()
	// A terminal gives a line at a time, and what is typed ahead with the next one.
	line := make([]byte, maxSecret)
	n, err := file.Read(line)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF
	}
	return string(bytes.TrimRight(line[:n], "\r\n")), err
}
