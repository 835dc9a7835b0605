package host

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
)

// interpreter reads a script of ours there, whatever the account's shell is.
const interpreter = "sh -s"

// What is taken from a host, in bytes: an answer, and of what it complains.
const (
	maxAnswer = 64 << 10
	maxWords  = 1000
)

// errTooMuch tells that a host said more than any of our scripts does.
var errTooMuch = errors.New("the host says more than it was asked for")

//go:embed common.sh
var common string

// vars are shell variables that a script gets.
type vars map[string]string

// text is a whole script: functions, variables, and what is to be done. It is
// one function and a call at its end, so that half a script does nothing, and
// no command in it reads the script as its stdin.
func text(script string, v vars) string {
	var b strings.Builder
	b.WriteString("ask() {\n" + common)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		b.WriteString(name + "=" + job.Quote(v[name]) + "\n")
	}
	b.WriteString(script + "\n}\necho " + begin + "\nask </dev/null && echo " + end + "\n")
	return b.String()
}

// ask runs a script of ours on the host and gives its answer.
func (h *Host) ask(ctx context.Context, script string, v vars) (answer, error) {
	return h.askWithin(ctx, h.answer, script, v)
}

// askWithin is ask for what may take longer.
func (h *Host) askWithin(ctx context.Context, within time.Duration, script string, v vars) (answer, error) {
	out, errs := &limited{max: maxAnswer}, &tail{max: maxWords}
	exit, err := h.conn.Run(ctx, remote.Command{
		Line: interpreter, Stdin: strings.NewReader(text(script, v)),
		Stdout: out, Stderr: errs, Timeout: within,
	})
	switch {
	case err != nil:
		return nil, err
	case exit.Signal != "":
		return nil, fmt.Errorf("the host's shell was killed by %s", exit.Signal)
	case exit.Status != 0:
		if words := job.Words(errs.words()); words != "" {
			return nil, errors.New(words)
		}
		return nil, fmt.Errorf("the host's shell ended with status %d", exit.Status)
	}
	return parseAnswer(out.Bytes())
}

// limited keeps what is written, and refuses more than it may keep.
type limited struct {
	bytes.Buffer
	max int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.max {
		return 0, errTooMuch
	}
	return l.Buffer.Write(p)
}

// tail keeps the end of what is written.
type tail struct {
	kept []byte
	max  int
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if more := len(t.kept) - t.max; more > 0 {
		t.kept = append(t.kept[:0], t.kept[more:]...)
	}
	return len(p), nil
}

// words is what was kept, from a whole character on; else raw.
func (t *tail) words() string {
	kept := t.kept
	for len(kept) > 0 && !utf8.RuneStart(kept[0]) {
		kept = kept[1:]
	}
	return strings.TrimSpace(string(kept))
}
