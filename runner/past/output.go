package past

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"scanmaster/runner/share"
)

// Output says where what a target wrote is kept: as the classic files have it, CR as
// LF, no NUL, no newline at the end. It is some forty bytes, and good as long as the
// run is open. The zero Output is that of a target that has none.
type Output struct {
	// Length of it, in bytes.
	Length int64

	file *classicFile
	at   int64
	// head is how many bytes stand before it that belong to the target, sum the
	// CRC-32C of these, itself and the newline behind it, where that is known.
	head   int32
	sum    uint32
	summed bool
}

// Is reports whether there is any, be it empty.
func (o Output) Is() bool { return o.file != nil }

// classicFile is one of the files that hold results; its path is below the run's.
type classicFile struct{ path []string }

// ErrChanged tells that a file doesn't hold what its worker has left there: it was
// cut, or changed.
var ErrChanged = errors.New("it was changed after its worker wrote it")

// OpenOutput opens what a target wrote, to be read once. The caller closes it, before
// the run. Where the file is gone, or not what the record says, the error is
// fs.ErrNotExist or ErrChanged, of the last Read at the latest.
func (r *Run) OpenOutput(o Output) (io.ReadCloser, error) {
	if !o.Is() {
		return nil, fs.ErrNotExist
	}
	file, err := r.files.get(o.file)
	if err != nil {
		return nil, err
	}
	if err := file.holds(o); err != nil {
		file.users--
		return nil, fmt.Errorf("%s: %w", r.dir.Path(filepath.Join(o.file.path...)), err)
	}
	out := &outputReader{
		output: o, file: file, path: r.dir.Path(filepath.Join(o.file.path...)),
		body: io.NewSectionReader(file, o.at, o.Length), left: o.Length,
	}
	if err := out.begin(); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return out, nil
}

// Digest gives the SHA-256 of what a target wrote. The error is as OpenOutput's.
func (r *Run) Digest(o Output) (sum [sha256.Size]byte, err error) {
	from, err := r.OpenOutput(o)
	if err != nil {
		return sum, err
	}
	defer from.Close()
	if r.hash == nil {
		r.hash, r.buffer = sha256.New(), make([]byte, 64<<10)
	}
	r.hash.Reset()
	if _, err := io.CopyBuffer(r.hash, from, r.buffer); err != nil {
		return sum, err
	}
	r.hash.Sum(sum[:0])
	return sum, nil
}

// outputReader reads an output, and holds it against its sum at the end.
type outputReader struct {
	output Output
	file   *openFile
	path   string
	body   *io.SectionReader
	left   int64
	sum    uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (o *outputReader) begin() error {
	if !o.output.summed {
		return nil
	}
	head := make([]byte, o.output.head)
	if _, err := o.file.ReadAt(head, o.output.at-int64(o.output.head)); err != nil {
		return o.fault(err)
	}
	o.sum = crc32.Checksum(head, castagnoli)
	return nil
}

func (o *outputReader) Read(p []byte) (int, error) {
	n, err := o.body.Read(p)
	o.left -= int64(n)
	if o.output.summed {
		o.sum = crc32.Update(o.sum, castagnoli, p[:n])
	}
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	if o.left > 0 {
		return n, o.fault(io.EOF)
	}
	if o.output.summed && crc32.Update(o.sum, castagnoli, []byte{'\n'}) != o.output.sum {
		return n, o.fault(io.EOF)
	}
	return n, io.EOF
}

func (o *outputReader) fault(err error) error {
	if errors.Is(err, io.EOF) {
		err = ErrChanged
	}
	return fmt.Errorf("%s: %w", o.path, err)
}

func (o *outputReader) Close() error {
	o.file.users--
	return nil
}

// maxFiles is how many files are kept open that nobody reads.
const maxFiles = 32

// files are the files of results that are open: who reads the outputs of many
// targets would else open each time and again, by a path that is walked folder by
// folder.
type files struct {
	dir  *share.Dir
	open []*openFile // the one that was used last comes last
}

// openFile is a file that is open, and how many read it.
type openFile struct {
	*os.File
	is    *classicFile
	users int
}

// holds makes sure that an output can be in a file: what a record says may be
// anything.
func (f *openFile) holds(o Output) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if size := info.Size(); o.at < int64(o.head) || o.Length < 0 || o.at > size || o.Length > size-o.at {
		return ErrChanged
	}
	return nil
}

// get opens a file, or gives one that is open. Its user counts itself out.
func (f *files) get(is *classicFile) (*openFile, error) {
	if i := slices.IndexFunc(f.open, func(o *openFile) bool { return o.is == is }); i >= 0 {
		file := f.open[i]
		f.open = append(slices.Delete(f.open, i, i+1), file)
		file.users++
		return file, nil
	}
	if err := f.shrink(); err != nil {
		return nil, err
	}
	file, err := openBelow(f.dir, is.path)
	if err != nil {
		return nil, err
	}
	o := &openFile{File: file, is: is, users: 1}
	f.open = append(f.open, o)
	return o, nil
}

// shrink closes those that were used longest ago and that nobody reads.
func (f *files) shrink() error {
	var errs []error
	for i := 0; i < len(f.open) && len(f.open) >= maxFiles; {
		if f.open[i].users > 0 {
			i++
			continue
		}
		errs = append(errs, f.open[i].Close())
		f.open = slices.Delete(f.open, i, i+1)
	}
	return errors.Join(errs...)
}

func (f *files) close() error {
	var errs []error
	for _, o := range f.open {
		errs = append(errs, o.Close())
	}
	f.open = nil
	return errors.Join(errs...)
}
