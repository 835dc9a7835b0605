package remote

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestTheIdentificationIsFound(t *testing.T) {
	longest := "SSH-2.0-" + strings.Repeat("x", maxIdentLine-len("SSH-2.0-\r\n"))
	cases := map[string]struct{ heard, ident, rest string }{
		"alone":              {"SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2", ""},
		"without CR":         {"SSH-2.0-old\n", "SSH-2.0-old", ""},
		"after lines":        {"hello\r\n\r\nSSH-1.99-x y\r\n", "SSH-1.99-x y", ""},
		"with what follows":  {"SSH-2.0-x\r\n\x00\x01\nmore", "SSH-2.0-x", "\x00\x01\nmore"},
		"as long as allowed": {longest + "\r\n", longest, ""},
		"after 50 lines":     {strings.Repeat("\n", maxPrefaceLines) + "SSH-2.0-x\n", "SSH-2.0-x", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{
				strings.NewReader(c.heard),
				iotest.OneByteReader(strings.NewReader(c.heard)),
				iotest.DataErrReader(strings.NewReader(c.heard)),
			} {
				var g greeting
				if err := g.read(r); err != nil {
					t.Fatal(err)
				}
				if g.ident() != c.ident {
					t.Errorf("got %q, want %q", g.ident(), c.ident)
				}
				unread, _ := io.ReadAll(r)
				if got := string(g.rest()[g.end-g.line:]) + string(unread); got != c.rest {
					t.Errorf("%q follows, want %q", got, c.rest)
				}
			}
		})
	}
}

func TestWhatIsNotSSHIsToldCapped(t *testing.T) {
	cases := map[string]struct{ heard, said string }{
		"a web server":               {"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"},
		"no whole line":              {"\x1b]0;title\a", "\x1b]0;title\a"},
		"an identification cut off":  {"SSH-2.0-Open", "SSH-2.0-Open"},
		"an endless line":            {strings.Repeat("x", maxPreface+1), strings.Repeat("x", maxSaid)},
		"too many lines":             {strings.Repeat("\n", maxPrefaceLines+1) + "SSH-2.0-x\n", strings.Repeat("\n", maxPrefaceLines+1) + "SSH-2.0-x\n"},
		"an endless identification":  {"SSH-" + strings.Repeat("x", maxIdentLine) + "\n", "SSH-" + strings.Repeat("x", maxSaid-4)},
		"SSH not at a line's begin":  {" SSH-2.0-x\r\n", " SSH-2.0-x\r\n"},
		"more text than is listened": {strings.Repeat(strings.Repeat("x", 1023)+"\n", 8) + "SSH-2.0-x\n", strings.Repeat("x", maxSaid)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := new(greeting).read(strings.NewReader(c.heard))
			not := new(NotSSHError)
			if !errors.As(err, &not) {
				t.Fatalf("got %v, want a NotSSHError", err)
			}
			if not.Said != c.said {
				t.Errorf("said %q, want %q", not.Said, c.said)
			}
		})
	}
}

func TestAReaderThatFailsIsNotTakenForTalk(t *testing.T) {
	broken := errors.New("broken")
	for _, heard := range []string{"", "hello\r\nSSH-"} {
		r := io.MultiReader(strings.NewReader(heard), iotest.ErrReader(broken))
		if err := new(greeting).read(r); !errors.Is(err, broken) {
			t.Errorf("after %q: got %v, want the reader's error", heard, err)
		}
	}
	if err := new(greeting).read(strings.NewReader("")); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want io.EOF", err)
	}
}

// FuzzIdent: whatever is heard, and in whatever pieces, what is found is the
// same, bounded, and loses no byte of the handshake.
func FuzzIdent(f *testing.F) {
	for _, seed := range []string{
		"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "hello\nSSH-1.99-x\n\x00\x00\x01", "HTTP/1.1 400\r\n", "SSH-", "\n\n\n", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, heard []byte) {
		var whole, pieces greeting
		first, second := bytes.NewReader(heard), bytes.NewReader(heard)
		errWhole, errPieces := whole.read(first), pieces.read(iotest.OneByteReader(second))
		if (errWhole == nil) != (errPieces == nil) {
			t.Fatalf("at once %v, in pieces %v", errWhole, errPieces)
		}
		if len(whole.heard) > maxPreface {
			t.Fatalf("%d bytes were read", len(whole.heard))
		}
		if errWhole != nil {
			return
		}
		if whole.ident() != pieces.ident() || !strings.HasPrefix(whole.ident(), "SSH-") {
			t.Fatalf("at once %q, in pieces %q", whole.ident(), pieces.ident())
		}
		unread, _ := io.ReadAll(first)
		if !bytes.HasSuffix(heard, append(whole.rest(), unread...)) {
			t.Fatal("bytes of the handshake are lost")
		}
	})
}
