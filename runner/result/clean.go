package result

import "bufio"

// cleaner writes on what a script wrote as the classic files keep it: CR
// becomes LF, NUL bytes drop out, and newlines wait until something follows,
// so that those at the end never come.
type cleaner struct {
	to       *bufio.Writer
	newlines int64
}

// Write never keeps p; the error is to's.
func (c *cleaner) Write(p []byte) (int, error) {
	for i := 0; i < len(p); {
		switch p[i] {
		case '\r', '\n':
			c.newlines++
			i++
			continue
		case 0:
			i++
			continue
		}
		if err := c.release(); err != nil {
			return i, err
		}
		end := i + plainRun(p[i:])
		if _, err := c.to.Write(p[i:end]); err != nil {
			return i, err
		}
		i = end
	}
	return len(p), nil
}

// release writes the newlines that waited.
func (c *cleaner) release() error {
	for ; c.newlines > 0; c.newlines-- {
		if err := c.to.WriteByte('\n'); err != nil {
			return err
		}
	}
	return nil
}

// plainRun counts the bytes before the next that the cleaner minds.
func plainRun(p []byte) int {
	for i, b := range p {
		if b <= '\r' && (b == '\r' || b == '\n' || b == 0) {
			return i
		}
	}
	return len(p)
}
