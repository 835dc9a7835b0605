package sweep

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
	"scanmaster/runner/worker"
)

// program is the folder of ours below State.
const program = "scanmaster"

// maxOwn bounds how many processes may remember keys in one folder at a time.
const maxOwn = 4096

// keys is where host keys are remembered. Its owner closes it.
type keys struct {
	worker.KeysPlace
	held *os.File
}

// keys finds the place: below the shared folder where the results go to a scan's
// folder there, and else in the user's own.
func (c Config) keys(out string) (*keys, error) {
	if c.Targets.HostKeys == job.HostKeyNo {
		return new(keys), nil
	}
	shared, scan := sharedOf(out)
	if shared == "" {
		shared = filepath.Join(c.State, program)
		if err := os.MkdirAll(shared, 0o700); err != nil {
			return nil, fmt.Errorf("folder for host keys: %w", err)
		}
		scan = "checkhosts"
	}
	dir, err := share.Open(shared)
	if err != nil {
		return nil, fmt.Errorf("folder for host keys: %w", err)
	}
	defer dir.Close()
	k := new(keys)
	if k.Dir, err = dir.Make(job.State, job.HostKeys); err != nil {
		return nil, err
	}
	if err := k.take(scan + "." + c.Host); err != nil {
		return nil, errors.Join(err, k.close())
	}
	return k, nil
}

// sharedOf gives the shared folder that a folder of results is in, and the scan's
// name; empty where it is in none: DIR/chunked/NAME/WMIN.CHUNK/output/…
func sharedOf(out string) (dir, scan string) {
	parts := strings.Split(out, string(filepath.Separator))
	for i := len(parts) - 3; i > 0; i-- {
		if parts[i] != job.ChunkedDir || job.CheckName(parts[i+1]) != nil || !strings.Contains(parts[i+2], ".") {
			continue
		}
		dir := filepath.Join("/", filepath.Join(parts[:i]...))
		if info, err := os.Lstat(filepath.Join(dir, job.ChunkedDir, parts[i+1], job.Started)); err == nil && info.Mode().IsRegular() {
			return dir, parts[i+1]
		}
	}
	return "", ""
}

// take takes a file of its own among all processes that look here at a time: the
// first that nobody has.
func (k *keys) take(name string) error {
	for n := range maxOwn {
		own := fmt.Sprintf("%s.%d", name, n)
		f, err := k.Dir.OpenFile(own, os.O_RDWR)
		if errors.Is(err, os.ErrNotExist) {
			f, err = k.Dir.Create(own)
		}
		if errors.Is(err, os.ErrExist) {
			continue // another process takes it in this moment
		}
		if err != nil {
			return err
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			k.held, k.Own = f, own
			return nil
		}
		_ = f.Close() // nothing was written to it
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("%s: %w", k.Dir.Path(own), err)
		}
	}
	return fmt.Errorf("%s: %d processes remember host keys there; wait for some of them to end", k.Dir.Path("."), maxOwn)
}

func (k *keys) close() error {
	var errs []error
	if k.held != nil {
		errs = append(errs, k.held.Close())
	}
	if k.Dir != nil {
		errs = append(errs, k.Dir.Close())
	}
	return errors.Join(errs...)
}
