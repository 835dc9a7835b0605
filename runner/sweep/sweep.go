// Package sweep runs a script on lists of targets that are no scan: it is what
// checkhosts and scanhosts of the classic suite do, by the worker's means.
package sweep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
	"scanmaster/runner/worker"
)

// Config is what to do, and what that needs of the world around it.
type Config struct {
	// Worker says how targets are gone about. Of its arguments those count that
	// worker.Config.Sweep names, and Remote, the path of the script.
	worker.Config
	// Hosts and Lists are the targets: lines of a list, and paths of files that hold
	// such lines, in this order; "-" is Stdin, which is read too where both are empty.
	Hosts, Lists []string
	Stdin        io.Reader
	// Out is the folder of the results, which must be there.
	Out string
	// State is the folder of what this user's programs keep between their runs, such
	// as host keys (XDG Base Directory Specification, XDG_STATE_HOME). It is made
	// where it isn't there.
	State string
	// Console is where the user sits who may have to answer the script; nil where it
	// gets no answers.
	Console worker.Console
}

// maxScript bounds a script, in bytes: it is held in memory.
const maxScript = 16 << 20

// script reads the script.
func (c Config) script() ([]byte, error) {
	f, err := share.OpenRegular(c.Args.Remote)
	if err != nil {
		return nil, fmt.Errorf("script: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxScript+1))
	if err == nil && len(text) > maxScript {
		err = fmt.Errorf("%s is over %d MiB", c.Args.Remote, maxScript>>20)
	}
	return text, err
}

// targets is a private copy of all lists, without a name, and how many targets are
// in it. Its owner closes it.
type targets struct {
	file  *os.File
	count int64
}

// A list that is a pipe may never end; ctx ends the wait for it.
func (c Config) targets(ctx context.Context) (*targets, error) {
	f, err := os.CreateTemp(c.Temp, "scanmaster-")
	if err != nil {
		return nil, err
	}
	t := &targets{file: f}
	if err = os.Remove(f.Name()); err == nil {
		gathered := make(chan error, 1)
		go func() { gathered <- c.gather(f) }()
		select {
		case err = <-gathered:
		case <-ctx.Done():
			return nil, context.Cause(ctx) // the file is closed with the program
		}
	}
	if err == nil {
		err = t.countAll()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

// gather copies what the targets are.
func (c Config) gather(to io.Writer) error {
	for _, host := range c.Hosts {
		if strings.ContainsAny(host, "\r\n") || strings.HasPrefix(strings.TrimSpace(host), "#") || strings.TrimSpace(host) == "" {
			return fmt.Errorf("%q names no host", host)
		}
		if _, err := fmt.Fprintln(to, host); err != nil {
			return err
		}
	}
	lists := c.Lists
	if len(lists) == 0 && len(c.Hosts) == 0 {
		lists = []string{"-"}
	}
	for _, path := range lists {
		if err := c.copyList(to, path); err != nil {
			return err
		}
	}
	return nil
}

// copyList copies one list, whose last line may lack its end. A list may be a pipe.
func (c Config) copyList(to io.Writer, path string) error {
	from := c.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("list of hosts: %w", err)
		}
		defer f.Close()
		from = f
	}
	if _, err := io.Copy(to, from); err != nil {
		return fmt.Errorf("list of hosts: %w", err)
	}
	_, err := io.WriteString(to, "\n")
	return err
}

// reader reads the targets from the first one on.
func (t *targets) reader() (*chunk.Reader, error) {
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return chunk.NewReader(t.file), nil
}

// countAll counts those that get an outcome, bad lines too.
func (t *targets) countAll() error {
	r, err := t.reader()
	if err != nil {
		return err
	}
	for {
		at, err := r.Next()
		if bad := new(chunk.LineError); err != nil && !errors.As(err, &bad) {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		t.count = at.Line
	}
}

func (t *targets) close() error { return t.file.Close() }

// absolute is the folder of the results by a path that stays good.
func (c Config) absolute() (string, error) {
	path, err := filepath.Abs(c.Out)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("folder of the results: %w", err)
	} else if !info.IsDir() {
		return "", fmt.Errorf("folder of the results: %s is no folder", path)
	}
	return path, nil
}

// Incomplete tells that targets have no outcome. It should never be.
type Incomplete struct {
	// Lines are the targets that there are, Outcomes those that have one.
	Lines, Outcomes int64
}

// Error counts them.
func (e *Incomplete) Error() string {
	return fmt.Sprintf("%d of %d targets have no outcome", e.Lines-e.Outcomes, e.Lines)
}

func complete(t *targets, tally result.Tally) error {
	if n := tally.Total(); n != t.count {
		return &Incomplete{Lines: t.count, Outcomes: n}
	}
	return nil
}
