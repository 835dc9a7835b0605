package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

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
	r.files, r.digests = make(map[string]content), make(map[string]string)
	if !s.Dynamic {
		for _, f := range s.Files {
			r.digests[f.Key] = f.SHA256
		}
	}
	var errs []error
	for _, f := range s.Files {
		if err := r.checkFile(f); err != nil {
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
	if err := r.refuseDrift(s.MaxDrift); err != nil {
		return "", err
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
func (r *run) checkFile(f plan.File) error {
	if f.Role == job.RoleInput || f.Role == job.RoleExclude {
		return nil
	}
	data := []byte(f.Text)
	if f.Text == "" {
		var err error
		if data, err = r.readSmall(f); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(data)
	c := content{role: f.Role, data: data, sha256: hex.EncodeToString(sum[:])}
	r.files[f.Key] = c
	if f.Role == job.RoleHosts && c.sha256 != f.SHA256 && r.digests[f.Key] == "" {
		r.report(Warning{Text: f.Path + " was changed by the pre hook: the workers are those that it named before, and its new ones work from the next scan on"})
	}
	return r.found(f, c.sha256)
}

// readSmall reads a file that is no list of targets.
func (r *run) readSmall(f plan.File) ([]byte, error) {
	path := r.resolve(f.Path)
	file, err := share.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if isHook(f.Role) && info.Mode()&0o111 == 0 {
		return nil, fmt.Errorf("%s can't be executed; chmod +x %s", path, job.Quote(path))
	}
	data, err := io.ReadAll(io.LimitReader(file, plan.MaxScript+1))
	if err != nil {
		return nil, err
	}
	if len(data) > plan.MaxScript {
		return nil, fmt.Errorf("%s is over %d MiB", path, plan.MaxScript>>20)
	}
	return data, nil
}

// found remembers a file's digest, which must be the one that was found of it
// before, if any was.
func (r *run) found(f plan.File, digest string) error {
	if known := r.digests[f.Key]; known != "" && known != digest {
		return fmt.Errorf("%s: %s has changed since it was looked at; apply again", f.Key, f.Path)
	}
	r.digests[f.Key] = digest
	return nil
}

func isHook(role job.Role) bool {
	return role == job.RolePre || role == job.RolePostChunk || role == job.RoleAggregate
}
