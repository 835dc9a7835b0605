package runner

import (
	"errors"
	"io/fs"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// wordsSize is how much of a worker's log is quoted, in bytes.
const wordsSize = 500

// lastWords gives the end of what a worker has written to its log, raw but in one
// line, for a message. What stands before from is of earlier workers.
func (r *run) lastWords(log string, from int64) string {
	data, err := r.folder.ReadFile(log)
	if errors.Is(err, fs.ErrNotExist) {
		return ", and has left no log"
	}
	if err != nil {
		return ": " + err.Error()
	}
	if words := job.Words(ending(string(data[min(from, int64(len(data))):]), wordsSize)); words != "" {
		return ": " + words
	}
	return ""
}

// ending gives the end of a text, whole lines where there are some in it.
func ending(text string, size int) string {
	if len(text) <= size {
		return text
	}
	text = text[len(text)-size:]
	for _, between := range []string{"\n", " "} {
		if _, rest, ok := strings.Cut(text, between); ok && strings.TrimSpace(rest) != "" {
			return rest
		}
	}
	return text
}

// sizeOf is how long a log is; 0 where there is none.
func sizeOf(dir *share.Dir, log string) int64 {
	info, err := dir.Lstat(log)
	if err != nil {
		return 0
	}
	return info.Size()
}
