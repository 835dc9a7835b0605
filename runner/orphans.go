package runner

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// refuseOrphans makes sure that no worker and no hook of an earlier run on this
// machine is still at it: its master may have been killed, and what must run
// once would run a second time beside it.
func refuseOrphans(prefix *share.Dir) error {
	if err := refuseHook(prefix, "pre"); err != nil {
		return err
	}
	entries, err := prefix.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		run, ok := strings.CutPrefix(e.Name(), job.RunPrefix)
		if !ok || !e.IsDir() {
			continue
		}
		chunks, err := orphansOf(prefix, e.Name())
		if err != nil {
			return err
		}
		if len(chunks) > 0 {
			return fmt.Errorf("run %s has lost its master, but workers of it are still at %s; wait for them, or end them: pkill -f %s",
				run, strings.Join(chunks, ", "), job.Quote(run))
		}
	}
	return nil
}

// orphansOf names the chunks of a run whose workers on this machine live. That
// its aggregator does is the error.
func orphansOf(prefix *share.Dir, folder string) ([]string, error) {
	dir, err := prefix.Sub(folder)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	if err := refuseHook(dir, "aggregate"); err != nil {
		return nil, err
	}
	return stillWorked(dir)
}

// stillWorked names the chunks in a run's hidden folder whose workers on this
// machine live: those hold the lock on their log.
func stillWorked(dir *share.Dir) ([]string, error) {
	entries, err := dir.ReadDir()
	if err != nil {
		return nil, err
	}
	var chunks []string
	for _, e := range entries {
		chunk, ok := strings.CutPrefix(e.Name(), job.LogPrefix)
		if !ok || !e.Type().IsRegular() {
			continue
		}
		held, err := isHeld(dir, e.Name())
		if err != nil {
			return nil, err
		}
		if held {
			chunks = append(chunks, chunk)
		}
	}
	return chunks, nil
}

// isHeld tells whether somebody holds the lock on a file.
func isHeld(dir *share.Dir, name string) (bool, error) {
	file, err := dir.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return false, err
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	return errors.Is(err, unix.EWOULDBLOCK), file.Close()
}
