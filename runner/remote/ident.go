package remote

import (
	"bytes"
	"io"
)

// Bounds of what a peer may say before its identification, and of that.
const (
	maxPreface      = 8 << 10 // bytes
	maxPrefaceLines = 50
	maxIdentLine    = 255 // bytes, with CR and LF (RFC 4253, section 4.2)
	maxSaid         = 200 // bytes of what was said instead
)

// greeting collects what a peer says first.
type greeting struct {
	heard []byte
	line  int // where in heard the line begins that isn't whole yet
	lines int // whole lines before it
	end   int // where the identification's line ends; 0 until it is there
}

// read reads up to the end of the identification's line, and what came with
// it. What isn't SSH is a *NotSSHError; else the error is the reader's.
func (g *greeting) read(r io.Reader) error {
	g.heard = make([]byte, 0, 256)
	for {
		if len(g.heard) == cap(g.heard) {
			g.heard = append(g.heard, 0)[:len(g.heard)]
		}
		room := g.heard[len(g.heard):min(cap(g.heard), maxPreface)]
		n, err := r.Read(room)
		g.heard = g.heard[:len(g.heard)+n]
		found, ok := g.scan()
		if found {
			return nil
		}
		if !ok || (err == io.EOF && len(g.heard) > 0) {
			return g.notSSH()
		}
		if err != nil {
			return err
		}
	}
}

// scan looks at what is new. It reports whether the identification is there,
// and whether it may still come.
func (g *greeting) scan() (found, ok bool) {
	for {
		rest := g.heard[g.line:]
		n := bytes.IndexByte(rest, '\n') + 1
		whole := n > 0
		if !whole {
			n = len(rest)
		}
		isIdent := bytes.HasPrefix(rest, []byte("SSH-"))
		switch {
		case isIdent && n > maxIdentLine:
			return false, false
		case !whole:
			return false, len(g.heard) < maxPreface
		case isIdent:
			g.end = g.line + n
			return true, true
		}
		g.line += n
		if g.lines++; g.lines > maxPrefaceLines {
			return false, false
		}
	}
}

// ident is the identification, without CR and LF.
func (g *greeting) ident() string {
	return string(bytes.TrimRight(g.heard[g.line:g.end], "\r\n"))
}

// rest is what the handshake has to be given: the identification and what
// came after it.
func (g *greeting) rest() []byte { return g.heard[g.line:] }

func (g *greeting) notSSH() error {
	return &NotSSHError{Said: string(g.heard[:min(len(g.heard), maxSaid)])}
}
