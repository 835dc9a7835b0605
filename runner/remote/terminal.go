package remote

import "golang.org/x/crypto/ssh"

// Size is that of a terminal, in characters.
type Size struct{ Width, Height int }

// Terminal is a terminal that a command gets on the host (RFC 4254, section
// 6.2). The caller's own has to be raw: what the keys mean, the host says.
// What the command says on stderr comes on stdout.
type Terminal struct {
	// Term is its kind, such as "xterm"; "dumb" where nobody looks on.
	Term string
	// Width and Height are its size at the start, in characters.
	Width, Height int
	// Resize gives each later size; nil where there is none. It is read
	// until it is closed, or the command has ended.
	Resize <-chan Size
}

// ttyOpEnd ends the modes of a terminal; without others the host's hold (RFC
// 4254, section 8).
const ttyOpEnd = "\x00"

// ask asks the host for the terminal, and reports whether it gives one.
func (t *Terminal) ask(channel ssh.Channel) (bool, error) {
	return channel.SendRequest("pty-req", true, ssh.Marshal(&struct {
		Term                                     string
		Columns, Rows, WidthPixels, HeightPixels uint32
		Modes                                    string
	}{Term: t.Term, Columns: uint32(t.Width), Rows: uint32(t.Height), Modes: ttyOpEnd}))
}

// resize passes sizes on until the command has ended (RFC 4254, section 6.7).
func (t *Terminal) resize(s *session) {
	for {
		select {
		case <-s.gone:
			return
		case size, ok := <-t.Resize:
			if !ok {
				return
			}
			// What a lost line means, the command's end tells.
			_, _ = s.channel.SendRequest("window-change", false, ssh.Marshal(&struct {
				Columns, Rows, WidthPixels, HeightPixels uint32
			}{Columns: uint32(size.Width), Rows: uint32(size.Height)}))
		}
	}
}
