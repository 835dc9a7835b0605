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

// refuseOrphans makes sure that no worker of an earlier run on this machine is
// still at it: its master may have been killed, and what must run once would
// run a second time beside it.
func refuseOrphans(prefix *share.Dir) error {
	entries, err := prefix.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		run, ok := strings.CutPrefix(e.Name(), job.RunPrefix)
		if !ok || !e.IsDir() {
			continue
		}
		chunks, err := stillWorked(prefix, e.Name())
		if err != nil {
			return fmt.Errorf("run %s: %w", run, err)
		}
		if len(chunks) > 0 {
			return fmt.Errorf("run %s has lost its master, but workers of it are still at %s; wait for them, or end them: pkill -f %s",
				run, strings.Join(chunks, ", "), job.Quote(run))
		}
	}
	return nil
}

// stillWorked names the chunks of a run whose workers on this machine live:
// those hold the lock on their log.
func stillWorked(prefix *share.Dir, folder string) ([]string, error) {
	dir, err := prefix.Sub(folder)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
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
		locked, err := lockedLog(dir, e.Name())
		if err != nil {
			return nil, err
		}
		if locked {
			chunks = append(chunks, chunk)
		}
	}
	return chunks, nil
}

// lockedLog tells whether a worker of this machine holds the lock on its log.
func lockedLog(dir *share.Dir, name string) (bool, error) {
	log, err := dir.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return false, err
	}
	err = unix.Flock(int(log.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	return errors.Is(err, unix.EWOULDBLOCK), log.Close()
}
