package remote_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/remote"
)

// script is a stdin of that text.
func script(text string) func() io.Reader {
	return func() io.Reader { return strings.NewReader(text) }
}

// large is more than the window of a channel holds, so that sending it ends
// only when somebody reads, or the channel is closed.
func large() io.Reader { return strings.NewReader(strings.Repeat("# filling\n", 1<<20)) }

// runCases are what must come of a command whoever the server is.
var runCases = map[string]struct {
	line   string
	stdin  func() io.Reader // nil is none
	out    string
	errs   string
	exit   remote.Exit
	repeat int // the output is that many times out
}{
	"a script on stdin of a shell": {line: "bash -s", stdin: script("echo out; echo err >&2; exit 3\n"),
		out: "out\n", errs: "err\n", exit: remote.Exit{Status: 3}},
	"a script on stdin of the login shell": {stdin: script("echo out; exit 4\n"),
		out: "out\n", exit: remote.Exit{Status: 4}},
	"a script without a final newline": {stdin: script("echo out"), out: "out\n"},
	"a command without stdin":          {line: "cat; echo done", out: "done\n"},
	"no output":                        {line: "true"},
	"status 255":                       {line: "exit 255", exit: remote.Exit{Status: 255}},
	"bytes of any value":               {line: `printf 'a\000b\377\r\n'`, out: "a\x00b\xff\r\n"},
	"a script that ends before it is read": {line: "bash -s", stdin: func() io.Reader {
		return io.MultiReader(strings.NewReader("exit 0\n"), large())
	}},
	"a command that reads no stdin": {line: "echo out; exit 5", stdin: large, out: "out\n", exit: remote.Exit{Status: 5}},
	"killed by a signal":            {line: "kill -TERM $$", exit: remote.Exit{Status: -1, Signal: "TERM"}},
	"output larger than any window": {line: "i=0; while [ $i -lt 3000 ]; do echo " + strings.Repeat("x", 1023) + "; i=$((i+1)); done",
		out: strings.Repeat("x", 1023) + "\n", repeat: 3000},
	"a child that outlives the script": {line: "(sleep 0.2; echo late) & echo early", out: "early\nlate\n"},
}

// testRun is what must come of commands on a host of any make.
func testRun(t *testing.T, start starter) {
	t.Helper()
	h := start(t, setting{})
	for name, c := range runCases {
		t.Run(name, func(t *testing.T) {
			conn := logIn(t, h.addr, h.how)
			var out, errs bytes.Buffer
			var stdin io.Reader
			if c.stdin != nil {
				stdin = c.stdin()
			}
			exit, err := conn.Run(context.Background(), remote.Command{
				Line: c.line, Stdin: stdin, Stdout: &out, Stderr: &errs, Timeout: patience,
			})
			if err != nil {
				t.Fatal(err)
			}
			if exit != c.exit {
				t.Errorf("got %+v, want %+v", exit, c.exit)
			}
			if want := strings.Repeat(c.out, max(c.repeat, 1)); out.String() != want {
				t.Errorf("stdout: got %.100q (%d bytes), want %.100q", out.String(), out.Len(), want)
			}
			if errs.String() != c.errs {
				t.Errorf("stderr: got %q, want %q", errs.String(), c.errs)
			}
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("a command that never ends", func(t *testing.T) {
		conn := logIn(t, h.addr, h.how)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		first := &firstWrite{seen: cancel}
		stdin, open := io.Pipe() // what waits for it ends with the connection
		defer func() { _ = open.Close() }()
		_, err := conn.Run(ctx, remote.Command{Line: "echo partial; cat", Stdin: stdin, Stdout: first})
		wantError(t, err, remote.PhaseRun, remote.KindCancelled)
		if first.text != "partial\n" {
			t.Errorf("what came before the end is %q", first.text)
		}
	})
	// With the last, the host ends the connection: it has seen enough keys.
	for _, keys := range []int{0, 1, 10} {
		t.Run(fmt.Sprintf("%d keys that aren't let in", keys), func(t *testing.T) {
			signers := make([]ssh.Signer, keys)
			for i := range signers {
				signers[i] = newKey(t)
			}
			how := h.how
			how.Auth = []ssh.AuthMethod{ssh.PublicKeys(signers...)}
			_, err := reach(t, h.addr).Login(context.Background(), how)
			wantError(t, err, remote.PhaseAuth, remote.KindAuth)
		})
	}
}

// firstWrite tells when output comes.
type firstWrite struct {
	text string
	seen func()
}

func (w *firstWrite) Write(p []byte) (int, error) {
	w.text += string(p)
	w.seen()
	return len(p), nil
}
