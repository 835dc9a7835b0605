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

// prepared is all that a sweep reads before it touches anything. Its owner closes it.
type prepared struct {
	script []byte
	// out is the folder of the results by a path that stays good.
	out string
	// list is a private copy of all lists, without a name, and count how many targets
	// are in it, bad lines too: they get an outcome like all others.
	list  *os.File
	count int64
}

func (c Config) prepare(ctx context.Context) (*prepared, error) {
	p := new(prepared)
	var err error
	if p.script, err = worker.ReadScript(c.Args.Remote); err != nil {
		return nil, err
	}
	if p.out, err = c.absolute(); err != nil {
		return nil, err
	}
	if p.list, err = worker.Nameless(c.Temp); err != nil {
		return nil, err
	}
	// A list that is a pipe may never end.
	gathered := make(chan error, 1)
	go func() { gathered <- c.gather(p.list) }()
	select {
	case err = <-gathered:
	case <-ctx.Done():
		return nil, context.Cause(ctx) // the copy, which may be written to, is closed with the program
	}
	var all *chunk.Reader
	if err == nil {
		all, err = p.targets()
	}
	if err == nil {
		p.count, err = all.CountAll()
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// targets reads the targets from the first one on.
func (p *prepared) targets() (*chunk.Reader, error) {
	if _, err := p.list.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return chunk.NewReader(p.list), nil
}

func (p *prepared) close() error { return p.list.Close() }

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

func (p *prepared) complete(tally result.Tally) error {
	if n := tally.Total(); n != p.count {
		return &Incomplete{Lines: p.count, Outcomes: n}
	}
	return nil
}
