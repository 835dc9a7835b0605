package result

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"sync"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const (
	// frameHead is what begins each line; the digits and the kind are put in.
	frameHead = `{"len":"0000000","k":"?"`
	lenAt     = len(`{"len":"`)
	lenDigits = 7
	kindAt    = len(frameHead) - 2
	// frameTail is what ends each line.
	frameTail  = `,"crc":"00000000"}` + "\n"
	crcAt      = len(`,"crc":"`)
	crcDigits  = 8
	frameBytes = len(frameHead) + len(frameTail)
)

// The bodies of lines, as JSON sees them.
type (
	headerBody struct {
		Header
		Raw raw `json:"raw,omitempty"`
	}
	attemptBody struct {
		Attempt
		Raw raw `json:"raw,omitempty"`
	}
	resumedBody struct {
		Resumed
		Raw raw `json:"raw,omitempty"`
	}
	outcomeBody struct {
		Outcome
		Raw raw `json:"raw,omitempty"`
	}
)

// lineBuffer holds one line of the record, with its encoder.
type lineBuffer struct {
	buf  bytes.Buffer
	json *json.Encoder
	body outcomeBody
}

var lineBuffers = sync.Pool{New: func() any {
	l := new(lineBuffer)
	l.json = json.NewEncoder(&l.buf)
	l.json.SetEscapeHTML(false)
	return l
}}

func getLine() *lineBuffer { return lineBuffers.Get().(*lineBuffer) }

// free gives the buffer back; what encode returned is no longer valid.
func (l *lineBuffer) free() {
	l.body = outcomeBody{}
	lineBuffers.Put(l)
}

func (l *lineBuffer) header(h Header) ([]byte, error) {
	h.Started = h.Started.UTC()
	kept := mask(h.texts())
	return l.encode(KindHeader, headerBody{h, kept})
}

func (l *lineBuffer) attempt(a Attempt) ([]byte, error) {
	kept := mask(a.texts())
	return l.encode(KindAttempt, attemptBody{a, kept})
}

func (l *lineBuffer) outcome(o Outcome) ([]byte, error) {
	l.body.Outcome = o
	l.body.Start = o.Start.UTC()
	l.body.Raw = mask(l.body.texts())
	return l.encode(KindOutcome, &l.body)
}

func (l *lineBuffer) synced(s Synced) ([]byte, error) { return l.encode(KindSynced, s) }

func (l *lineBuffer) resumed(r Resumed) ([]byte, error) {
	r.At = r.At.UTC()
	kept := mask(r.texts())
	return l.encode(KindResumed, resumedBody{r, kept})
}

// encode gives the framed line. The body is a struct with at least one field
// that is always there.
func (l *lineBuffer) encode(kind Kind, body any) ([]byte, error) {
	l.buf.Reset()
	l.buf.WriteString(frameHead)
	if err := l.json.Encode(body); err != nil {
		return nil, fmt.Errorf("encode a record: %w", err)
	}
	// The body's own brackets, and the encoder's newline, give way to the frame.
	l.buf.Bytes()[len(frameHead)] = ','
	l.buf.Truncate(l.buf.Len() - len("}\n"))
	size := l.buf.Len() + len(frameTail)
	if size > maxRecord {
		return nil, fmt.Errorf("encode a record: %d bytes are too many", size)
	}
	b := l.buf.Bytes()
	putDigits(b[lenAt:lenAt+lenDigits], uint32(size), 10)
	b[kindAt] = byte(kind)
	sum := crc32.Checksum(b, castagnoli)
	l.buf.WriteString(frameTail)
	b = l.buf.Bytes()
	at := size - len(frameTail) + crcAt
	putDigits(b[at:at+crcDigits], sum, 16)
	return b, nil
}

// putDigits fills all of dst with n, zeros in front.
func putDigits(dst []byte, n, base uint32) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = "0123456789abcdef"[n%base]
		n /= base
	}
}
