package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/plan"
)

// inputs is what is known of the lists of targets.
type inputs struct {
	exclude           *chunk.Exclude
	targets, excluded int64
	sha256            string
}

// countInputs reads the lists once: is every line one that can be scanned,
// and how many are there to deal out?
func (r *run) countInputs(ctx context.Context, s plan.Split) error {
	exclude, err := r.openAll(s.Exclude)
	if err != nil {
		return err
	}
	defer exclude.Close()
	r.inputs.exclude, err = chunk.ReadExclude(exclude)
	if err != nil {
		return fmt.Errorf("exclude: %w", err)
	}
	list, err := r.openAll(s.Inputs)
	if err != nil {
		return err
	}
	defer list.Close()
	counts, err := chunk.Count(cancellable(ctx, list), r.inputs.exclude)
	if err != nil {
		return fmt.Errorf("input: %w", err)
	}
	r.inputs.targets, r.inputs.excluded, r.inputs.sha256 = counts.Targets, counts.Excluded, counts.SHA256
	return nil
}

// joined reads several files as one list; the caller closes it.
type joined struct {
	io.Reader
	files []*os.File
}

// openAll opens files to be read one after the other. A line end is put
// between them, so that no file's last line grows into the next one's first.
func (r *run) openAll(files []plan.File) (*joined, error) {
	j := &joined{}
	var readers []io.Reader
	for _, f := range files {
		file, err := openRegular(r.resolve(f.Path))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", f.Key, err), j.Close())
		}
		j.files = append(j.files, file)
		readers = append(readers, file, strings.NewReader("\n"))
	}
	j.Reader = io.MultiReader(readers...)
	return j, nil
}

func (j *joined) Close() error {
	var errs []error
	for _, f := range j.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// cancellable ends a long read with the context.
func cancellable(ctx context.Context, r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
