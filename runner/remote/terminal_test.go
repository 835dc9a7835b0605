package remote_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/remote"
)

// untilReady is a shell that waits for a signal of a terminal.
const untilReady = `; echo ready; while :; do sleep 0.05; done`

// readied calls then once, when a command says that it is ready.
type readied struct {
	strings.Builder
	once sync.Once
	then func()
}

func (r *readied) Write(p []byte) (int, error) {
	n, err := r.Builder.Write(p)
	if strings.Contains(r.String(), "ready") {
		r.once.Do(r.then)
	}
	return n, err
}

// testTerminal is what commands on a terminal see.
func testTerminal(t *testing.T, start starter) {
	t.Helper()
	h := start(t, setting{})
	size := remote.Size{Width: 120, Height: 50}
	cases := map[string]struct {
		line   string
		keys   string
		ready  string       // keys that are hit once it is ready
		resize *remote.Size // once it is ready
		out    string
	}{
		"its kind and size":       {line: "echo $TERM; stty size", out: "xterm\r\n40 100\r\n"},
		"stderr comes with it":    {line: "test -t 2 && echo seen >&2", out: "seen\r\n"},
		"keys are read":           {line: "read x; echo got $x", keys: "hello\n", out: "got hello\r\n"},
		"^D ends what is read":    {line: "cat; echo end", keys: "\x04", out: "end\r\n"},
		"^C interrupts":           {line: "trap 'echo interrupted; exit 0' INT" + untilReady, ready: "\x03", out: "interrupted\r\n"},
		"another size is told":    {line: "trap 'stty size; exit 0' WINCH" + untilReady, resize: &size, out: "50 120\r\n"},
		"a login shell is run":    {keys: "exit\n", out: "exit"},
		"a terminal without keys": {line: "tty | cut -c1-5", out: "/dev/\r\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			conn := logIn(t, h.addr, h.how)
			later, hand := io.Pipe()
			defer func() { _ = hand.Close() }() // else Close waits for its reader
			resize := make(chan remote.Size, 1)
			out := &readied{then: func() {
				if c.resize != nil {
					resize <- *c.resize
					close(resize)
				}
				if c.ready != "" {
					_, _ = io.WriteString(hand, c.ready)
				}
			}}
			exit, err := conn.Run(context.Background(), remote.Command{
				Line: c.line, Stdin: io.MultiReader(strings.NewReader(c.keys), later), Stdout: out, Timeout: patience,
				Terminal: &remote.Terminal{Term: "xterm", Width: 100, Height: 40, Resize: resize},
			})
			if err != nil || exit.Status != 0 {
				t.Fatalf("got %+v, %v, and %q", exit, err, out.String())
			}
			if !strings.Contains(out.String(), c.out) { // keys are echoed
				t.Errorf("got %q, want %q in it", out.String(), c.out)
			}
		})
	}
}

func TestATerminalThatIsRefusedIsDenied(t *testing.T) {
	f, key := newFleet(t, fleet.Config{})
	conn := logIn(t, add(t, f, fleet.Behaviour{Kind: fleet.Denies}).String(), loginBy(key))
	_, err := conn.Run(context.Background(), remote.Command{Line: "true", Terminal: &remote.Terminal{Term: "dumb"}})
	wantError(t, err, remote.PhaseRun, remote.KindDenied)
	if !strings.Contains(err.Error(), "terminal") {
		t.Errorf("got %v", err)
	}
}
