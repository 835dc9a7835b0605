package results

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"scanmaster/cmd/internal/safe"
)

// output writes the output of a group; most bounds its lines unless all is shown, 0
// doesn't.
func (t *text) output(g *group, most int) error {
	if t.All {
		most = 0
	}
	if g.First.output.Length == 0 {
		t.line("%sno output", indent)
		t.example("stderr of "+g.First.host+" ends", g)
		return nil
	}
	r, err := t.run.OpenOutput(g.First.output)
	if err != nil {
		return err
	}
	defer r.Close()
	return t.lines(r, most)
}

// maxPiece is how long a line of an output may be that is shown as one, in bytes.
const maxPiece = 32 << 10

// lines writes lines, each behind a mark of ours; of more than most the rest is
// counted, unless that is 0.
func (t *text) lines(from io.Reader, most int) error {
	in := bufio.NewReaderSize(from, maxPiece)
	shown, more, further := 0, int64(0), false
	for {
		piece, err := in.ReadSlice('\n')
		full, end := errors.Is(err, bufio.ErrBufferFull), errors.Is(err, io.EOF)
		if err != nil && !full && !end {
			return err
		}
		switch {
		case len(piece) == 0:
		case most > 0 && shown >= most:
			if !further {
				more++
			}
		case further && !t.All: // the line's beginning is all that fits
		default:
			t.piece(piece, further)
			shown++
		}
		further = full
		if end {
			break
		}
	}
	if more > 0 {
		t.line("%s… and %s; --all shows them", indent, count(more, "more line"))
	}
	return nil
}

// piece writes a line, or what fits one of a line that is too long.
func (t *text) piece(piece []byte, further bool) {
	mark := outputLine
	if further {
		mark = furtherLine
	}
	line := strings.TrimSuffix(string(piece), "\n")
	if !t.Raw {
		line = t.fitted(line, len(mark))
	}
	t.put(mark + line)
}

// fitted is a text of a target's, escaped, on what is left of a line behind so many
// columns.
func (t *text) fitted(s string, columns int) string {
	if t.All {
		return safe.Line(s, 0)
	}
	return safe.Line(s, max(t.Width-columns, len(safe.Mark)))
}
