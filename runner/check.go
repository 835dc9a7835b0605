package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// maxScript bounds a script or a hook, in bytes: it is held in memory.
const maxScript = 16 << 20

// content is what was read of a file, once; that is what is staged.
type content struct {
	role   job.Role
	data   []byte
	sha256 string
}

// check reads all files that the scan needs, before anything is touched.
func (r *run) check(ctx context.Context, s plan.Check) (string, error) {
	if err := r.own(ctx, false); err != nil {
		return "", err
	}
	r.files = make(map[string]content)
	var errs []error
	for _, f := range s.Files {
		if err := r.checkFile(f, s.Dynamic); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f.Key, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	split, err := r.splitStep()
	if err != nil {
		return "", err
	}
	if err := r.countInputs(ctx, split); err != nil {
		return "", err
	}
	if r.inputs.targets == 0 {
		return "", errors.New("input: no target is left to scan; comments, blank lines and excluded hosts don't count")
	}
	return fmt.Sprintf("%d files, %s targets", len(s.Files), humanize.Comma(r.inputs.targets)), nil
}

func (r *run) splitStep() (plan.Split, error) {
	for _, step := range r.plan.Steps {
		if s, ok := step.(plan.Split); ok {
			return s, nil
		}
	}
	return plan.Split{}, errors.New("a plan without a split")
}

// checkFile reads a file, unless it is a list of targets, which are streamed.
func (r *run) checkFile(f plan.File, dynamic bool) error {
	if f.Role == job.RoleInput || f.Role == job.RoleExclude {
		return nil
	}
	path := r.resolve(f.Path)
	file, err := openRegular(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if isHook(f.Role) && info.Mode()&0o111 == 0 {
		return fmt.Errorf("%s can't be executed; chmod +x %s", path, path)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxScript+1))
	if err != nil {
		return err
	}
	if len(data) > maxScript {
		return fmt.Errorf("%s is over %d MiB", path, maxScript>>20)
	}
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	if !dynamic && f.SHA256 != "" && digest != f.SHA256 {
		return fmt.Errorf("%s has changed since the plan was made", path)
	}
	r.files[f.Key] = content{role: f.Role, data: data, sha256: digest}
	return nil
}

func isHook(role job.Role) bool {
	return role == job.RolePre || role == job.RolePostChunk || role == job.RoleAggregate
}

// openRegular opens a file for reading, but nothing that could hang a reader.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	return os.Open(path)
}
