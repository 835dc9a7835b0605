package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// planRead is the plan with the digests of all files as they were read: where
// there is a pre hook only the run knows them.
func (r *run) planRead() plan.Plan {
	p := r.plan
	p.Steps = slices.Clone(p.Steps)
	for i, step := range p.Steps {
		if s, ok := step.(plan.Check); ok {
			s.Files = slices.Clone(s.Files)
			for j, f := range s.Files {
				s.Files[j].SHA256 = r.digests[f.Key]
			}
			p.Steps[i] = s
		}
	}
	return p
}

// stage copies into the run's hidden folder what workers read, and all else
// that a run needs to be taken up again by its name alone. What is copied is
// what check has read.
func (r *run) stage(ctx context.Context, s plan.Stage) (string, error) {
	for _, f := range s.Files {
		if err := r.stageFile(ctx, f); err != nil {
			return "", err
		}
	}
	data, err := json.MarshalIndent(r.planRead(), "", "  ")
	if err != nil {
		return "", fmt.Errorf("the plan as JSON: %w", err)
	}
	if err := r.folder.WriteFile(job.Plan, append(data, '\n')); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d files in %s", len(s.Files)+1, s.Dir), nil
}

func (r *run) stageFile(ctx context.Context, f plan.StagedFile) error {
	name := filepath.Base(f.To)
	if f.File.Role == job.RoleInput {
		return r.stageInput(ctx, name)
	}
	read, ok := r.files[f.File.Key]
	if !ok {
		return fmt.Errorf("%s was not checked", f.File.Key)
	}
	if isHook(f.File.Role) {
		return r.folder.WriteScript(name, read.data)
	}
	return r.folder.WriteFile(name, read.data)
}

// jobFile writes what the workers need to know beyond their command line.
func (r *run) jobFile() error {
	file := r.plan.Job
	file.Run, file.Name = r.plan.Layout.Run, r.plan.Layout.Name
	file.Rate = file.Rate.Among(min(len(r.live), len(r.chunks)))
	for _, read := range r.files {
		switch read.role {
		case job.RoleRemote:
			file.Script = job.Staged{Path: r.plan.Layout.Staged(job.RoleRemote), SHA256: read.sha256}
		case job.RolePostChunk:
			file.PostChunk = &job.Staged{Path: r.plan.Layout.Staged(job.RolePostChunk), SHA256: read.sha256}
		}
	}
	file.Chunks = make(map[string]job.Chunk, len(r.chunks))
	for _, c := range r.chunks {
		file.Chunks[c.name] = job.Chunk{SHA256: c.sha256, Lines: c.lines}
	}
	staged, err := r.writeJob(file, 1)
	r.job = jobFile{file, 1, staged}
	return err
}

// jobFile is what the workers that are started now are given.
type jobFile struct {
	content job.File
	number  int
	staged  job.Staged
}

func (r *run) writeJob(file job.File, number int) (job.Staged, error) {
	data, digest, err := file.Encode()
	if err != nil {
		return job.Staged{}, err
	}
	path := r.plan.Layout.JobFile(number)
	return job.Staged{Path: path, SHA256: digest}, r.folder.WriteFile(filepath.Base(path), data)
}

// readJob reads back the one that the journal names.
func (r *run) readJob(number int) error {
	number = max(1, number)
	path := r.plan.Layout.JobFile(number)
	data, err := r.folder.ReadFile(filepath.Base(path))
	if err != nil {
		return err
	}
	staged := job.Staged{Path: path, SHA256: job.Digest(data)}
	file, err := job.DecodeFile(data, staged.SHA256)
	r.job = jobFile{file, number, staged}
	return err
}
