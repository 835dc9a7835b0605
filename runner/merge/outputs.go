package merge

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// The names of the files in the folder that are no keys of outcomes.
const (
	checkedName = "checked"
	inputName   = "input"
	countName   = "count"
)

// Output is the file in PREFIX/final that holds all that the scripts wrote that ended
// with status 0.
const Output = "output"

// Unsorted is the file in PREFIX/final of the targets that ended in no outcome,
// a line each.
const Unsorted = "unsorted"

// outputs are the files that are being made; one exists only once it has a line.
type outputs struct {
	dir   *share.Dir
	files map[string]*output
}

// output is one file, and how many targets are in it.
type output struct {
	file    *os.File
	w       *bufio.Writer
	path    string
	targets int64
	last    byte // the last byte written
}

func newOutputs(dir *share.Dir) *outputs {
	return &outputs{dir: dir, files: make(map[string]*output)}
}

func (o *outputs) get(name string) (*output, error) {
	if f, ok := o.files[name]; ok {
		return f, nil
	}
	file, err := o.dir.Create(name)
	if err != nil {
		return nil, err
	}
	f := &output{file: file, w: bufio.NewWriterSize(file, 32<<10), path: o.dir.Path(name), last: '\n'}
	o.files[name] = f
	return f, nil
}

// line adds one target's line.
func (o *outputs) line(name, text string) error { return o.add(name, []byte(text+"\n"), 1) }

// add adds bytes to a file, in which that many targets begin.
func (o *outputs) add(name string, p []byte, targets int64) error {
	if len(p) == 0 {
		return nil
	}
	f, err := o.get(name)
	if err != nil {
		return err
	}
	f.targets += targets
	_, err = f.Write(p)
	return err
}

// endLines ends lines that were left without an end.
func (o *outputs) endLines(names []string) error {
	for _, name := range names {
		if f, ok := o.files[name]; ok && f.last != '\n' {
			if _, err := f.Write([]byte{'\n'}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *output) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	if err != nil {
		return n, fmt.Errorf("%s: %w", f.path, err)
	}
	if n > 0 {
		f.last = p[n-1]
	}
	return n, nil
}

// close hands all to the disk; it is safe at any point.
func (o *outputs) close() error {
	var errs []error
	for _, f := range o.files {
		if err := errors.Join(f.w.Flush(), f.file.Sync(), f.file.Close()); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f.path, err))
		}
	}
	return errors.Join(errs...)
}

// count is how many targets are in a file.
func (o *outputs) count(name string) int64 {
	if f, ok := o.files[name]; ok {
		return f.targets
	}
	return 0
}

// tally counts the outcomes.
func (o *outputs) tally() result.Tally {
	var t result.Tally
	for name, f := range o.files {
		if result.IsKey(name) {
			t.Merge(map[string]int64{name: f.targets})
		}
	}
	return t
}

// counts is the content of the file of counts: "N name" a line.
func (o *outputs) counts() []byte {
	names := append([]string{inputName, checkedName}, o.tally().Keys()...)
	names = append(names, Output, Unsorted)
	var b strings.Builder
	for _, name := range names {
		if f, ok := o.files[name]; ok {
			fmt.Fprintf(&b, "%d %s\n", f.targets, name)
		}
	}
	return []byte(b.String())
}
