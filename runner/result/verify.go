package result

import (
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"

	"scanmaster/runner/share"
)

// verify looks whether the classic files hold what the outcomes say that the
// record doesn't call safe. It gives the place in the record of the first that
// they don't, as a power loss leaves it; nil where all is there.
func (p *replay) verify(out *share.Dir) (*TornError, error) {
	files := make(map[string]*os.File)
	defer func() {
		for _, f := range files {
			_ = f.Close() // only read
		}
	}()
	for _, c := range p.recent {
		f, ok := files[c.file]
		if !ok {
			var err error
			f, err = out.OpenFile(c.file, os.O_RDONLY)
			if errors.Is(err, fs.ErrNotExist) {
				return c.torn(), nil
			}
			if err != nil {
				return nil, err
			}
			files[c.file] = f
		}
		sum := crc32.New(castagnoli)
		n, err := io.Copy(sum, io.NewSectionReader(f, c.offset, c.length))
		if err != nil {
			return nil, err
		}
		if n != c.length || sum.Sum32() != c.sum {
			return c.torn(), nil
		}
	}
	return nil, nil
}

func (c claim) torn() *TornError {
	return &TornError{Offset: c.at, Reason: c.file + " doesn't hold what this outcome left there"}
}
