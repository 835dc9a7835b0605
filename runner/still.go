package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// GoneError tells that the scan's folder is not any more what it was when the
// run began in it, so that what was found there can't be found by its name.
type GoneError struct {
	// Path is the scan's folder.
	Path string
	// Replaced tells that there is another one in its place.
	Replaced bool
}

// Error says so.
func (e *GoneError) Error() string {
	if e.Replaced {
		return e.Path + " is another folder than when this run began: the shared folder was moved, or something was mounted over it, while the scan ran"
	}
	return e.Path + " is not there any more: the shared folder was moved, removed or unmounted while the scan ran"
}

// stillThere makes sure that PREFIX still names the folder that this run works
// in: an open folder goes on working after it was moved or removed.
func (r *run) stillThere() error {
	gone := &GoneError{Path: r.plan.Layout.Prefix()}
	same, err := r.prefix.IsAt(gone.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return gone
	}
	if err == nil && !same {
		gone.Replaced = true
		return gone
	}
	return err
}

// absence is whether the run's folder is away while the run goes on in it.
type absence struct {
	run  *run
	away bool
}

// look tells when the folder has gone, and when it is there again.
func (a *absence) look() {
	gone := new(GoneError)
	err := a.run.stillThere()
	switch {
	case errors.As(err, &gone):
		if !a.away {
			a.run.report(Warning{Text: gone.Error() + "; whoever has it open goes on, and it must be there again at the end"})
		}
		a.away = true
	case err == nil && a.away:
		a.run.report(Warning{Text: a.run.plan.Layout.Prefix() + " is there again"})
		a.away = false
	}
}

// why gives what stopped a run, with what mends it. It may be that its folder is
// gone: then that comes first, and all else follows from it.
func (r *run) why(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err // a share that hangs isn't asked again
	}
	gone := new(GoneError)
	switch {
	case errors.As(err, &gone):
	case r.folder != nil && errors.As(r.stillThere(), &gone):
		return fmt.Errorf("%w: %w", gone, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w; make room there", err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; mount it so that it can be written", err)
	}
	return err
}

// stopped gives what is known of a run that was stopped, and tells of it.
func (r *run) stopped(err error) Summary {
	r.summary.Took = r.cfg.Now().Sub(r.began)
	r.summary.Results = r.plan.Layout.Prefix()
	if errors.As(err, new(*GoneError)) {
		r.summary.Results = ""
	}
	if r.summary.IsCounted() {
		r.report(Stopped{Reason: err.Error(), Summary: r.summary})
	}
	return r.summary
}
