package job

import (
	"encoding/json"
	"fmt"
)

// Encode gives the content of a .done file.
func (d DoneMark) Encode() []byte { return line(d) }

// ParseDone reads a .done file; false means that it is none of ours, as that of
// a classic worker.
func ParseDone(data []byte) (DoneMark, bool) {
	var d DoneMark
	err := json.Unmarshal(data, &d)
	return d, err == nil && d.Run != ""
}

// HookFailure says what became of a post-chunk hook that failed; it may hold
// anything.
func (d DoneMark) HookFailure() string {
	if d.PostChunkError != "" {
		return d.PostChunkError
	}
	return fmt.Sprintf("it ended with status %d", d.PostChunk)
}

// Encode gives the content of a progress file.
func (p ProgressMark) Encode() []byte { return line(p) }

// ParseProgress reads a progress file; false means that it is none of ours.
func ParseProgress(data []byte) (ProgressMark, bool) {
	var p ProgressMark
	err := json.Unmarshal(data, &p)
	return p, err == nil && p.Run != ""
}

// MasterSign gives the content of MasterBeat, for the beat-th time: a line of
// text. Workers only look whether it is another one than before, so that it
// must never be the same twice in a run: each master has words of its own.
func MasterSign(beat int64, master string) []byte { return fmt.Appendf(nil, "%d %s\n", beat, master) }

// line encodes a mark. Marks are of strings and numbers, which JSON always has
// a form for.
func line(mark any) []byte {
	data, _ := json.Marshal(mark)
	return append(data, '\n')
}
