package sweep

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"scanmaster/runner/chunk"
	"scanmaster/runner/hook"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// Tree is where scanhosts puts what it deals out and what comes of it.
type Tree struct {
	// Suffix names the folders below Out/input and Out/output.
	Suffix string
	// Post is the path of a script to run after all; empty where there is none. It
	// runs in Out, which is its one argument, too.
	Post string
	// Said hears what it writes.
	Said io.Writer
}

// Scan deals the targets out to the files Out/input/Suffix/xaa…, as many as the
// classic scanhosts would make, runs the script on all, as many at a time as the
// arguments say, wherever they were dealt to, and adds what comes of them to the
// classic files in Out/output/Suffix/xaa…; then it runs the script after all. The
// error is an *hook.Error where that fails, and else as of Check.
func (c Config) Scan(ctx context.Context, tree Tree) (tally result.Tally, err error) {
	post, err := tree.post()
	if err != nil {
		return tally, err
	}
	p, err := c.prepare(ctx)
	if err != nil {
		return tally, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	dir, err := share.Open(p.out)
	if err != nil {
		return tally, err
	}
	defer dir.Close()
	parts, err := c.deal(p, dir, tree.Suffix)
	defer func() { err = errors.Join(err, closeAll(parts)) }()
	if err != nil {
		return tally, err
	}
	ledger := result.NewClassic(parts...)
	err = errors.Join(c.sweep(ctx, p, ledger), ledger.Close())
	if err != nil || post == "" {
		return ledger.Tally(), err
	}
	return ledger.Tally(), hook.Hook{Path: post, Args: []string{p.out}, Dir: p.out, Env: c.Environ, Output: tree.Said}.Run(ctx)
}

// post is the script's absolute path; it must be there before anything is touched.
func (t Tree) post() (string, error) {
	if t.Post == "" {
		return "", nil
	}
	path, err := filepath.Abs(t.Post)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		return "", fmt.Errorf("post-chunk hook: %w", err)
	}
	return path, nil
}

// subChunks is how many the classic scanhosts makes: one a job, and one alone where
// there are fewer targets than jobs.
func subChunks(targets int64, jobs int) int {
	if targets < int64(jobs) {
		return 1
	}
	return jobs
}

// deal writes the sub-chunks, and makes the folders of their results. The caller
// closes those that it gives, beside an error too.
func (c Config) deal(p *prepared, dir *share.Dir, suffix string) (parts []result.Part, err error) {
	sizes := chunk.Sizes(p.count, subChunks(p.count, int(c.Args.Jobs)))
	if len(sizes) == 0 {
		return nil, errors.New("the lists hold no host")
	}
	names := chunk.Names(len(sizes))
	if err := p.deal(dir, suffix, names, sizes); err != nil {
		return nil, err
	}
	for i, name := range names {
		out, err := dir.Make(job.Output, suffix, name)
		if err != nil {
			return parts, err
		}
		parts = append(parts, result.Part{Out: out, Lines: sizes[i]})
	}
	return parts, nil
}

// deal writes the targets of each sub-chunk, bad lines too: they get an outcome
// like all others.
func (p *prepared) deal(dir *share.Dir, suffix string, names []string, sizes []int64) error {
	in, err := dir.Make(job.Input, suffix)
	if err != nil {
		return err
	}
	defer in.Close()
	all, err := p.targets()
	if err != nil {
		return err
	}
	for i, name := range names {
		f, err := in.Create(name)
		if errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("%w: hosts were dealt out there before; name another suffix (-s), or move input/%[2]s and output/%[2]s away", err, suffix)
		}
		if err != nil {
			return err
		}
		if err := errors.Join(some(f, all, sizes[i]), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// some copies so many targets.
func some(to io.Writer, from *chunk.Reader, n int64) error {
	w := bufio.NewWriter(to)
	for ; n > 0; n-- {
		t, err := from.Next()
		if err != nil && !chunk.IsLineError(err) {
			return err
		}
		if _, err := w.WriteString(t.Text + "\n"); err != nil {
			return err
		}
	}
	return w.Flush()
}

func closeAll(parts []result.Part) error {
	var errs []error
	for _, p := range parts {
		errs = append(errs, p.Out.Close())
	}
	return errors.Join(errs...)
}
