package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
)

// Console is where a user sits who may have to answer what a script asks.
type Console interface {
	// Hand gives the terminal away: what it is, the keys that are pressed, and its
	// screen. Keys are at their end when back is called, which takes the terminal
	// back. It is nil where there is none: then the script has nothing to read.
	Hand() (terminal *remote.Terminal, keys io.Reader, screen io.Writer, back func() error, err error)
}

// keep is what the target runs to hold the script in a private file for as long as
// the line to it is up: it says the file's name, and removes the file when its
// input ends, which it does when the connection does. Its one argument is the
// script's length in bytes.
const keep = `umask 077
f=$(mktemp "${TMPDIR:-/tmp}/scanmaster.XXXXXXXXXX") || exit
trap 'rm -f "$f"' 0
trap 'exit 1' 1 2 13 15
head -c "$1" >"$f" && echo "$f" && cat >/dev/null`

// attended copies the script over and runs it from there, so that its input is free
// for who sits at the console.
func (v *visit) attended(ctx context.Context, conn *remote.Conn) (exit remote.Exit, err error) {
	held, err := v.hold(ctx, conn)
	if err != nil {
		return remote.Exit{Status: -1}, err
	}
	defer func() {
		if left := held.release(); err == nil {
			err = left
		}
	}()
	terminal, keys, screen, back, err := v.console.Hand()
	if err != nil {
		return remote.Exit{Status: -1}, &remote.Error{Phase: remote.PhaseRun, Kind: remote.KindLocal, Err: err}
	}
	kept := io.Writer(v.stdout)
	if terminal != nil {
		kept = &unreturned{to: v.stdout}
	}
	exit, err = conn.Run(ctx, remote.Command{
		Line:  job.QuoteAll([]string{"bash", held.path}),
		Stdin: keys, Stdout: io.MultiWriter(screen, kept), Stderr: io.MultiWriter(screen, &v.stderr),
		Terminal: terminal, Timeout: v.timeouts.Run, Idle: v.timeouts.Idle, Grace: grace,
	})
	return exit, errors.Join(err, back())
}

// copied is a script on a target.
type copied struct {
	path string
	feed *io.PipeWriter
	done chan error
}

// hold copies the script over. Whoever holds it releases it.
func (v *visit) hold(ctx context.Context, conn *remote.Conn) (_ *copied, err error) {
	stdin, feed := io.Pipe()
	named := &firstLine{told: make(chan struct{})}
	c := &copied{feed: feed, done: make(chan error, 1)}
	go func() {
		exit, err := conn.Run(ctx, remote.Command{
			Line:  job.QuoteAll([]string{"sh", "-c", keep, "sh", fmt.Sprint(len(v.script))}),
			Stdin: io.MultiReader(bytes.NewReader(v.script), stdin), Stdout: named, Stderr: &v.stderr, Timeout: v.timeouts.Run,
		})
		if err == nil && exit.Status != 0 {
			err = &remote.Error{Phase: remote.PhaseRun, Kind: remote.KindDenied, Err: errors.New("the script could not be copied there")}
		}
		c.done <- err
	}()
	late := time.NewTimer(v.timeouts.Auth) // it is a part of getting in
	defer late.Stop()
	select {
	case <-named.told:
		c.path = named.text()
		return c, nil
	case err = <-c.done:
		_ = feed.Close() // nobody reads it any more
	case <-late.C:
		err = c.release() // who waits for the end of its input gets it
	}
	if err == nil {
		err = &remote.Error{Phase: remote.PhaseRun, Kind: remote.KindDenied, Err: errors.New("the host does not say where the script is")}
	}
	return nil, err
}

// release has the script removed, and waits until it is.
func (c *copied) release() error {
	_ = c.feed.Close() // it gives no error
	return <-c.done
}

// firstLine waits for a whole line.
type firstLine struct {
	mu   sync.Mutex
	line strings.Builder
	over bool
	told chan struct{} // closed when the line is whole
}

// Write takes the line, and drops what follows.
func (f *firstLine) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	part, _, whole := bytes.Cut(p, []byte("\n"))
	if !f.over && f.line.Len() < 4096 {
		f.line.Write(part)
	}
	if whole && !f.over {
		f.over = true
		close(f.told)
	}
	return len(p), nil
}

func (f *firstLine) text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.line.String()
}

// unreturned drops the carriage return that a terminal puts before each newline
// (termios(3), ONLCR).
type unreturned struct {
	to   io.Writer
	held bool // a carriage return may be followed by a newline
}

// Write never keeps p; the error is to's.
func (u *unreturned) Write(p []byte) (int, error) {
	text := p
	if u.held {
		text = append([]byte{'\r'}, p...)
	}
	if u.held = bytes.HasSuffix(text, []byte{'\r'}); u.held {
		text = text[:len(text)-1]
	}
	if _, err := u.to.Write(bytes.ReplaceAll(text, []byte("\r\n"), []byte{'\n'})); err != nil {
		return 0, err
	}
	return len(p), nil
}
