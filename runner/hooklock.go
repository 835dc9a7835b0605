package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// hookLock begins the name of the file that a hook holds the lock on while it
// runs, whatever becomes of its master; the hook's name follows. That of the
// pre hook, which comes before there is a run's folder, is in PREFIX.
const hookLock = ".hook."

// holdHook takes the lock that a hook is to hold. Where somebody else has it,
// that is the error; where the share has no such locks there is none.
func holdHook(dir *share.Dir, name, run string) (*os.File, error) {
	file, err := appendTo(dir, hookLock+name)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, errors.Join(hookLives(dir, name), file.Close())
	}
	err = file.Truncate(0)
	if err == nil {
		_, err = file.WriteString(run + "\n")
	}
	if err != nil {
		return nil, errors.Join(err, letHook(file))
	}
	return file, nil
}

// letHook gives the lock back, from all who have inherited it.
func letHook(file *os.File) error {
	_ = unix.Flock(int(file.Fd()), unix.LOCK_UN) // where there are no such locks there was none
	return file.Close()
}

// refuseHook makes sure that no hook of that name is still at it whose master
// is gone.
func refuseHook(dir *share.Dir, name string) error {
	held, err := isHeld(dir, hookLock+name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && held:
		return hookLives(dir, name)
	}
	return err
}

// hookLives says whose hook is still at it.
func hookLives(dir *share.Dir, name string) error {
	run, err := dir.ReadFile(hookLock + name)
	if err != nil {
		return err
	}
	path := dir.Path(hookLock + name)
	return fmt.Errorf("run %s has lost its master, but its %s hook, or what that has started, is still at it; wait for it, or end it: fuser -k -TERM %s; where it is meant to go on, remove that file",
		strings.TrimSpace(string(run)), name, job.Quote(path))
}
