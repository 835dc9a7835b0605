package result

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/share"
)

// Part is some of a list's targets, in their order, and the folder of their
// classic files. The folder stays its owner's, and must stay open until the
// Classic is closed.
type Part struct {
	Out *share.Dir
	// Lines is how many targets it has; the last part may have more.
	Lines int64
}

// Classic keeps what comes of a list's targets in the classic files alone, one
// after the other added to those that are there. Other processes may add to the
// same files in the same way. It keeps no record, so that nobody can go on where
// it was ended. It is safe for concurrent use; whoever made it closes it.
type Classic struct {
	Counted
	parts []*part
}

// NewClassic makes one for the parts of a list; there is one at the least.
func NewClassic(parts ...Part) *Classic {
	c := new(Classic)
	var last int64
	for _, p := range parts {
		last += p.Lines
		next := &part{out: p.Out, last: last, files: make(map[string]*appender)}
		next.left.Store(p.Lines)
		c.parts = append(c.parts, next)
	}
	return c
}

// Checked notes in hosts_checked that a target was taken in hand.
func (c *Classic) Checked(t chunk.Target) error {
	return c.part(t.Line).add(checkedName, func(e *classicEntry) error {
		_, err := e.Write([]byte(t.Text + "\n"))
		return err
	})
}

// Attempt notes nothing: there is no record.
func (c *Classic) Attempt(chunk.Target) error { return nil }

// AttemptSynced is an error: without a record nobody would know of the attempt.
func (c *Classic) AttemptSynced(chunk.Target) error {
	return errors.New("no record is kept of what was tried")
}

// Outcome keeps what came of a target in its classic file. A line has one outcome;
// a second is an error. What can't be written whole is not written at all.
func (c *Classic) Outcome(o Outcome, t chunk.Target, output io.Reader) (Outcome, error) {
	if err := o.check(t); err != nil {
		return o, err
	}
	o.File = FilePrefix + o.Key()
	p := c.part(t.Line)
	if err := p.add(o.File, func(e *classicEntry) error { return e.write(o, t, output) }); err != nil {
		return o, err
	}
	if err := c.Add(t.Line, o.Key()); err != nil {
		return o, err
	}
	return o, p.done()
}

// part is the one that a line belongs to.
func (c *Classic) part(line int64) *part {
	i, _ := slices.BinarySearchFunc(c.parts, line, func(p *part, line int64) int { return int(p.last - line) })
	return c.parts[min(i, len(c.parts)-1)]
}

// Close closes all files.
func (c *Classic) Close() error {
	var errs []error
	for _, p := range c.parts {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// part is a folder of classic files.
type part struct {
	out  *share.Dir
	last int64
	left atomic.Int64

	mu    sync.Mutex
	files map[string]*appender
}

// add adds one entry to a file.
func (p *part) add(name string, write func(*classicEntry) error) (err error) {
	a, err := p.file(name)
	if err != nil {
		return err
	}
	a.mu.Lock()
	e := &classicEntry{file: a, locked: true}
	defer e.unlock()
	back, err := a.alone()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, back()) }()
	if err := write(e); err != nil {
		return errors.Join(err, e.rollback())
	}
	a.commit()
	return nil
}

// file opens a file, and makes it where there is none.
func (p *part) file(name string) (*appender, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.files[name]; ok {
		return a, nil
	}
	f, err := p.out.OpenFile(name, os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = p.out.Create(name)
	}
	if errors.Is(err, fs.ErrExist) { // another process was faster
		f, err = p.out.OpenFile(name, os.O_RDWR)
	}
	if err == nil {
		err = p.mine(f, name)
	}
	if err != nil {
		return nil, err
	}
	p.files[name] = &appender{file: f, path: p.out.Path(name)}
	return p.files[name], nil
}

// mine refuses a file of another user's in a folder where anybody can make one:
// who owns it would read, and could change, what is kept in it.
func (p *part) mine(f *os.File, name string) error {
	folder, err := os.Stat(p.out.Path("."))
	if err == nil && folder.Mode().Perm()&0o002 != 0 {
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil {
			if sys, ok := info.Sys().(*syscall.Stat_t); ok && int(sys.Uid) != os.Geteuid() {
				err = fmt.Errorf("%s is another user's, in a folder where anybody can make files; name another folder (-o)", p.out.Path(name))
			}
		}
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// done counts one outcome, and closes the files when there are no more to come.
func (p *part) done() error {
	if p.left.Add(-1) != 0 {
		return nil
	}
	return p.close()
}

func (p *part) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for name, a := range p.files {
		errs = append(errs, a.close())
		delete(p.files, name)
	}
	return errors.Join(errs...)
}

// alone has the file to itself, among all processes that ask for that (flock(2)),
// and goes to its end. The caller holds mu; back gives it free again.
func (a *appender) alone() (back func() error, err error) {
	fd := int(a.file.Fd())
	switch err := patientLock(fd); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, a.fault("lock", fmt.Errorf("another process has held it for %v", lockPatience))
	case err == nil:
		back = func() error { return a.fault("unlock", syscall.Flock(fd, syscall.LOCK_UN)) }
	case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EINVAL):
		back = func() error { return nil } // there are no locks on this share
	default:
		return nil, a.fault("lock", err)
	}
	info, err := a.file.Stat()
	if err != nil {
		return nil, errors.Join(a.fault("stat", err), back())
	}
	a.size, a.end = info.Size(), info.Size()
	return back, a.mend()
}

// mend ends a last line that whoever wrote it did not.
func (a *appender) mend() error {
	if a.size == 0 {
		return nil
	}
	last := make([]byte, 1)
	if _, err := a.file.ReadAt(last, a.size-1); err != nil {
		return a.fault("read", err)
	}
	if last[0] == '\n' {
		return nil
	}
	if _, err := a.Write([]byte{'\n'}); err != nil {
		return errors.Join(err, a.rollback())
	}
	a.commit()
	return nil
}

// lockPatience is how long another process may hold a file.
const lockPatience = 30 * time.Second

// patientLock locks a file that others hold for no longer than it takes to write.
func patientLock(fd int) error {
	began := time.Now()
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Since(began) > lockPatience {
			return err
		}
		time.Sleep(pause)
	}
}
