package result

import (
	"strings"
	"unicode/utf8"
)

// maxText caps each text of an outcome, in bytes. Six of them, each byte
// escaped as six and in base64 besides, stay below maxRecord.
const maxText = 16 << 10

// text is a text of an entry that may be anything at all.
type text struct {
	key string
	at  *string
}

// raw holds the true bytes of texts that are no valid UTF-8, by key.
type raw map[string][]byte

// mask puts what JSON can hold in the place of each text that it can't, and
// gives the true bytes.
func mask(texts []text) raw {
	var kept raw
	for _, t := range texts {
		if utf8.ValidString(*t.at) {
			continue
		}
		if kept == nil {
			kept = make(raw)
		}
		kept[t.key] = []byte(*t.at)
		*t.at = strings.ToValidUTF8(*t.at, "\uFFFD")
	}
	return kept
}

// unmask undoes mask.
func (r raw) unmask(texts []text) {
	if len(r) == 0 {
		return
	}
	for _, t := range texts {
		if b, ok := r[t.key]; ok {
			*t.at = string(b)
		}
	}
}

func (h *Header) texts() []text {
	return []text{{"run", &h.Run}, {"chunk", &h.Chunk}, {"name", &h.Name}, {"host", &h.Host}}
}

func (r *Resumed) texts() []text { return []text{{"host", &r.Host}} }

func (a *Attempt) texts() []text { return []text{{"host", &a.Host}} }

func (o *Outcome) texts() []text {
	return []text{
		{"host", &o.Host}, {"ip", &o.IP}, {"detail", &o.Detail},
		{"signal", &o.Signal}, {"stderr_tail", &o.StderrTail},
		{"stdout_tail", &o.StdoutTail},
	}
}

// capped cuts the texts to what the record keeps: the end of what the script
// wrote, the beginning of all else.
func (o Outcome) capped() Outcome {
	o.StderrTail = lastBytes(o.StderrTail, maxText)
	o.StdoutTail = lastBytes(o.StdoutTail, maxText)
	for _, t := range o.texts() {
		if len(*t.at) > maxText {
			*t.at = (*t.at)[:maxText]
		}
	}
	return o
}

func lastBytes(s string, n int) string { return s[max(0, len(s)-n):] }
