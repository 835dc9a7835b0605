package job

// DoneMark is the content of our own .done file, as JSON: which run it belongs
// to and the counts, so that an old or forged one is not taken for the end. A
// classic worker's .done holds a date line instead.
type DoneMark struct {
	Run   string `json:"run"`
	Chunk string `json:"chunk"`
	Host  string `json:"host"`
	// Lines counts the chunk's targets, Outcomes those that ended in one.
	Lines    int64            `json:"lines"`
	Outcomes int64            `json:"outcomes"`
	Counts   map[string]int64 `json:"counts"`
	// PostChunk is the hook's exit status; 0 where there is none, and
	// negative where it could not be started or was killed.
	PostChunk int `json:"post_chunk"`
	// PostChunkError says why where that is negative.
	PostChunkError string `json:"post_chunk_error,omitempty"`
	// PostChunkTail is the end of what a failed hook wrote, raw.
	PostChunkTail string `json:"post_chunk_tail,omitempty"`
}

// ProgressMark is the content of a worker's progress file, as JSON.
type ProgressMark struct {
	Run   string `json:"run"`
	Chunk string `json:"chunk"`
	Beat  int64  `json:"beat"`
	Lines int64  `json:"lines"`
	Done  int64  `json:"done"`
	// Taken counts the lines that were taken in hand, which are the first ones.
	Taken int64 `json:"taken"`
	// End is the last line that the worker will ever take in hand: its answer to
	// a LimitMark. It never grows. 0 is that of a worker that knows of none.
	End    int64            `json:"end"`
	Counts map[string]int64 `json:"counts"`
}
