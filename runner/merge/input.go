package merge

import (
	"errors"
	"io"
	"os"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// none is for chunks without any outcome.
func none(chunk.Target) bool { return false }

// input adds a chunk's targets to input, and those that are not done to
// unsorted.
func (m *merger) input(c Chunk, done func(chunk.Target) bool) error {
	return m.targets(c, func(t chunk.Target) error {
		if err := m.out.line(inputName, t.Text); err != nil || done(t) {
			return err
		}
		return m.out.line(Unsorted, t.Text)
	})
}

// targets gives the targets of a chunk.
func (m *merger) targets(c Chunk, each func(chunk.Target) error) error {
	dir, err := m.prefix.Sub(job.Input, m.minute)
	if err != nil {
		return err
	}
	defer dir.Close()
	f, err := dir.OpenFile(c.Name, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	list := chunk.NewReader(share.Until(m.ctx, f))
	for {
		t, err := list.Next()
		bad := new(chunk.LineError) // a line that names no target still wants its outcome
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.As(err, &bad):
			return err
		}
		if err := each(t); err != nil {
			return err
		}
	}
}
