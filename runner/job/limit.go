package job

import "encoding/json"

// LimitMark is the content of a limit file, as JSON: the master asks the worker
// of a chunk to take no line beyond End in hand. The worker says in its progress
// file at which line it will end: at that one, or the last that it had taken by
// then. What stands behind may then be another's.
type LimitMark struct {
	Run   string `json:"run"`
	Chunk string `json:"chunk"`
	// Of is where the chunk ended when this was asked: for a chunk that has become
	// shorter since it is an old question.
	Of  int64 `json:"of"`
	End int64 `json:"end"`
}

// Encode gives the content of a limit file.
func (l LimitMark) Encode() []byte { return line(l) }

// ParseLimit reads a limit file; false means that it is not one of this chunk.
func ParseLimit(data []byte, run, chunk string) (LimitMark, bool) {
	var l LimitMark
	err := json.Unmarshal(data, &l)
	return l, err == nil && l.Run == run && l.Chunk == chunk
}

// Allows tells that a worker that ends at a line, before the last one of its
// chunk, was asked to.
func (l LimitMark) Allows(end, lines int64) bool {
	return 0 < end && end < lines && l.End <= end && lines <= l.Of
}
