package safe

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON gives an encoded JSON text in which nothing drives a terminal or a CI
// system: what Line would escape, and encoding/json leaves as it is, becomes \u
// escapes, which stand for the same. Such characters occur in JSON strings
// alone.
func JSON(data []byte) []byte {
	var out bytes.Buffer
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == '#' && command.Match(data):
			out.WriteString(`#\u0023`)
			size = len("##")
		case r == 0x7f || hidden(r) && r <= 0xffff:
			fmt.Fprintf(&out, `\u%04x`, r)
		case hidden(r):
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			out.Write(data[:size])
		}
		data = data[size:]
	}
	return out.Bytes()
}
