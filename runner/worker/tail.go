package worker

// tailSize is how much of a standard error is kept, in bytes.
const tailSize = 1 << 10

// tail keeps the end of what is written, and counts all of it.
type tail struct {
	total int64
	end   []byte
}

// Write takes all of p.
func (t *tail) Write(p []byte) (int, error) {
	t.total += int64(len(p))
	fresh := p[max(0, len(p)-tailSize):]
	if over := len(t.end) + len(fresh) - tailSize; over > 0 {
		t.end = append(t.end[:0], t.end[over:]...)
	}
	t.end = append(t.end, fresh...)
	return len(p), nil
}
