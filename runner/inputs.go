package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/chunk"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// inputs is what is known of the lists of targets.
type inputs struct {
	choice chunk.Choice
	// targets are dealt out; all is how many there would be without a limit.
	targets, all, excluded int64
}

// whole tells that there is no limit.
func (i inputs) whole() bool { return i.choice.Only == nil && !i.choice.Part }

// counted says how many targets there are.
func (i inputs) counted() string {
	if i.whole() {
		return humanize.Comma(i.targets) + " targets"
	}
	return fmt.Sprintf("%s of %s targets", humanize.Comma(i.targets), humanize.Comma(i.all))
}

// countInputs reads the lists once: is every line one that can be scanned,
// and how many are there to deal out? Lists that the plan has counted need only
// be the same ones still.
func (r *run) countInputs(ctx context.Context, s plan.Split) (err error) {
	exclude, err := r.openAll(s.Exclude)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, exclude.Close()) }()
	choice := chunk.Choice{Only: chunk.NewOnly(s.Limit.Hosts), Part: s.Limit.First > 0}
	if choice.Exclude, err = chunk.ReadExclude(exclude); err != nil {
		return fmt.Errorf("exclude: %w", err)
	}
	list, err := r.openAll(s.Inputs)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	r.inputs = inputs{choice, s.Targets, max(s.All, s.Targets), s.Excluded}
	if s.Counted {
		err = list.digest(ctx)
	} else {
		err = r.inputs.count(cancellable(ctx, list), s.Limit)
	}
	if err != nil {
		return fmt.Errorf("input: %w", err)
	}
	return errors.Join(exclude.verify(r), list.verify(r))
}

// count counts what is chosen of a list. The error names what of the limit no
// target was found for.
func (i *inputs) count(list io.Reader, limit plan.Limit) error {
	counts, err := chunk.Count(list, i.choice)
	if err != nil {
		return err
	}
	i.targets, i.all, i.excluded = limit.Of(counts.Targets), counts.Targets+counts.Others, counts.Excluded
	if none := i.choice.Only.Unseen(); len(none) > 0 {
		return fmt.Errorf("--limit %s: %s; %s", strings.Join(none, ","), plan.Unmatched, plan.UnmatchedHint)
	}
	return nil
}

// joined reads several files as one list; the caller closes it.
type joined struct {
	io.Reader
	lists []list
}

// list is one file of targets that is being read.
type list struct {
	plan.File
	file   *os.File
	digest hash.Hash
}

// openAll opens files to be read one after the other. A line end is put
// between them, so that no file's last line grows into the next one's first.
func (r *run) openAll(files []plan.File) (*joined, error) {
	j := &joined{}
	var readers []io.Reader
	for _, f := range files {
		file, err := share.OpenRegular(r.resolve(f.Path))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", f.Key, err), j.Close())
		}
		l := list{File: f, file: file, digest: sha256.New()}
		j.lists = append(j.lists, l)
		readers = append(readers, io.TeeReader(file, l.digest), strings.NewReader("\n"))
	}
	j.Reader = io.MultiReader(readers...)
	return j, nil
}

// digest reads all files to their end, only to know whether they are the same.
func (j *joined) digest(ctx context.Context) error {
	for _, l := range j.lists {
		if _, err := io.Copy(l.digest, cancellable(ctx, l.file)); err != nil {
			return err
		}
	}
	return nil
}

// verify holds what was read, to the end, against what was found before: by
// the plan, unless a pre hook may have made the file anew, or by an earlier
// reading.
func (j *joined) verify(r *run) error {
	var errs []error
	for _, l := range j.lists {
		digest := hex.EncodeToString(l.digest.Sum(nil))
		errs = append(errs, r.found(l.File, digest))
	}
	return errors.Join(errs...)
}

// Close closes all files.
func (j *joined) Close() error {
	var errs []error
	for _, l := range j.lists {
		errs = append(errs, l.file.Close())
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
