package runner

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
	"scanmaster/spec"
)

// refuseOrphans makes sure that no worker of an earlier run on this machine is
// still at it: its master may have been killed, and what must run once would
// run a second time beside it.
func refuseOrphans(prefix *share.Dir, l job.Layout) error {
	return eachRun(prefix, func(run string, folder *share.Dir) error {
		chunks, err := stillWorked(folder)
		if err != nil {
			return fmt.Errorf("run %s: %w", run, err)
		}
		if len(chunks) > 0 {
			return fmt.Errorf("run %s has lost its master, but workers of it are still at %s; wait for them, or end them: %s",
				run, strings.Join(chunks, ", "), cancelLine(l))
		}
		return nil
	})
}

// cancelLine is the command line that ends what works for a scan.
func cancelLine(l job.Layout) string {
	line := "scanmaster cancel " + job.Quote(l.Name)
	if l.Dir != spec.DefaultDir {
		line += " --dir " + job.Quote(l.Dir)
	}
	return line
}

// refuseHooks does so for the hooks that run on the master.
func refuseHooks(prefix *share.Dir) error {
	if err := refuseHook(prefix, "pre"); err != nil {
		return err
	}
	return eachRun(prefix, func(_ string, folder *share.Dir) error { return refuseHook(folder, "aggregate") })
}

// eachRun gives the hidden folders of the runs below PREFIX.
func eachRun(prefix *share.Dir, do func(run string, folder *share.Dir) error) error {
	entries, err := prefix.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		run, ok := strings.CutPrefix(e.Name(), job.RunPrefix)
		if !ok || !e.IsDir() {
			continue
		}
		folder, err := prefix.Sub(e.Name())
		if err != nil {
			return err
		}
		if err := errors.Join(do(run, folder), folder.Close()); err != nil {
			return err
		}
	}
	return nil
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
