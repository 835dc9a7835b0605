package chunk

import "bytes"

// sheet is a part of a list: so many whole lines, each with its end.
type sheet struct {
	// room is where text began: what a list is read into is used again.
	room []byte
	// text holds the lines as they were read and, once tidied, those that are to
	// be scanned, as they are written out.
	text []byte
	// targets counts what is to be scanned, excluded what is never scanned, others
	// what isn't chosen, lines the physical lines.
	targets, excluded, others, lines int64
	// bad are the lines that can't be scanned; they count from 1 in each sheet.
	bad LineErrors
}

// tidy judges and counts the lines and leaves those that are to be scanned. It
// works in place: no line is written out longer than it was.
func (s *sheet) tidy(c Choice) {
	in, out := s.text, s.text[:0]
	for len(in) > 0 {
		s.lines++
		length := plain(in)
		if length == 0 {
			length = bytes.IndexByte(in, '\n') + 1
			out = s.odd(out, in[:length], c)
		} else if c.Exclude.hasPlain(in[:length-1]) {
			s.excluded++
		} else if !c.Only.hasPlain(in[:length-1]) {
			s.others++
		} else {
			s.targets++
			out = append(out, in[:length]...)
		}
		in = in[length:]
	}
	s.text = out
}

// odd appends a line that isn't plain, if it is to be scanned.
func (s *sheet) odd(out, line []byte, c Choice) []byte {
	t, ok, reason := parse(line)
	switch {
	case !ok:
	case reason != "":
		s.bad.add(&LineError{Line: s.lines, Reason: reason})
	case c.Exclude.Has(t):
		s.excluded++
	case !c.Only.Has(t):
		s.others++
	default:
		s.targets++
		out = append(append(out, t.Text...), '\n')
	}
	return out
}

// take cuts off the first targets, so many at the most.
func (s *sheet) take(most int64) (text []byte, targets int64) {
	if s.targets <= most {
		text, targets = s.text, s.targets
		s.text, s.targets = nil, 0
		return text, targets
	}
	end := 0
	for range most {
		end += bytes.IndexByte(s.text[end:], '\n') + 1
	}
	text, s.text = s.text[:end], s.text[end:]
	s.targets -= most
	return text, most
}
