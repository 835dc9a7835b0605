package webpage

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/fold"
	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

// rows are those of the table, kept in a file until all that stands before them is
// known. Its script reads each as an array: host, address, outcome, reason, worker,
// connect time, run time, group and what else there is to say. Times are in
// milliseconds, -1 where there is none; an outcome, a reason and a worker is a number
// in a list of words.
type rows struct {
	count int64

	most    bounds
	file    *os.File
	to      *bufio.Writer
	line    []byte
	details int   // bytes of them
	cut     int64 // targets whose details are left out

	outcomes, reasons, workers words
}

// maxHost is how much of a host's name is shown, in bytes.
const maxHost = 260

func newRows(most bounds) (*rows, error) {
	file, err := os.CreateTemp("", "scanmaster-report-")
	if err != nil {
		return nil, err
	}
	return &rows{most: most, file: file, to: bufio.NewWriterSize(file, 64<<10)}, nil
}

func (r *rows) close() error { return errors.Join(r.file.Close(), os.Remove(r.file.Name())) }

func (r *rows) add(t *past.Target, group *fold.Group[first]) error {
	r.line = r.line[:0]
	if r.count > 0 {
		r.line = append(r.line, ",\n"...)
	}
	r.count++
	host, ip := safe.Line(t.Host, maxHost), ""
	if t.IP != t.Host {
		ip = safe.Line(t.IP, maxHost)
	}
	r.line = appendJSON(append(r.line, '['), host)
	r.line = appendJSON(append(r.line, ','), ip)
	connect, ran := int64(-1), int64(-1)
	if connected(t.Outcome.Phase) {
		connect = t.Outcome.ConnectMS
	}
	if t.Outcome.Phase == result.PhaseRun {
		ran = t.Outcome.RunMS
	}
	for _, n := range []int64{
		r.outcomes.number(group.Class), r.reasons.number(group.Reason), r.workers.number(safe.Line(t.Chunk.Worker, maxName)), connect, ran, int64(group.Number),
	} {
		r.line = strconv.AppendInt(append(r.line, ','), n, 10)
	}
	r.line = appendJSON(append(r.line, ','), r.detail(&t.Outcome))
	_, err := r.to.Write(append(r.line, ']'))
	return err
}

// detail is what else there is to say of a target.
func (r *rows) detail(o *result.Outcome) string {
	var all []string
	if o.Signal != "" {
		all = append(all, "killed by "+safe.Line(o.Signal, maxName))
	}
	if o.Tries > 1 {
		all = append(all, strconv.Itoa(o.Tries)+" tries")
	}
	if o.Cut {
		all = append(all, "output cut")
	}
	if o.Detail != "" {
		all = append(all, safe.Line(o.Detail, r.most.detail))
	}
	text := strings.Join(all, "; ")
	if r.details+len(text) > r.most.details {
		r.cut++
		return ""
	}
	r.details += len(text)
	return text
}

// notes say what of the rows is left out.
func (r *rows) notes() []string {
	if r.cut == 0 {
		return nil
	}
	return []string{"This page has grown too large for the details of " + counted(r.cut, "target") + "."}
}

// The elements that hold the table's data; all in them is JSON that escapes "<".
const (
	dataBegins = `<script type="application/json" id="`
	dataEnds   = "</script>\n"
)

// writeTo writes the data of the table; groups are the numbers of those that are on
// the page, in their order there.
func (r *rows) writeTo(w *writer, groups []int) {
	if w.err == nil {
		w.err = r.to.Flush()
	}
	w.raw(dataBegins + `rows">[`)
	if w.err == nil {
		_, w.err = io.Copy(w.to, io.NewSectionReader(r.file, 0, 1<<62))
	}
	w.raw("]" + dataEnds + dataBegins + `words">`)
	data, err := json.Marshal(map[string]any{
		"outcomes": r.outcomes.list, "colours": colours(r.outcomes.list), "reasons": r.reasons.list, "workers": r.workers.list, "groups": groups,
	})
	if w.err == nil {
		w.err = err
	}
	w.raw(string(data) + dataEnds)
}

func colours(keys []string) []string {
	all := make([]string, len(keys))
	for i, key := range keys {
		all[i] = colour(key)
	}
	return all
}

// words are texts that come up again and again. The zero value is empty and ready.
type words struct {
	list []string
	at   map[string]int64
}

func (w *words) number(word string) int64 {
	n, ok := w.at[word]
	if !ok {
		if w.at == nil {
			w.at = make(map[string]int64)
		}
		n = int64(len(w.list))
		w.at[word] = n
		w.list = append(w.list, word)
	}
	return n
}
