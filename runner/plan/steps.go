package plan

import (
	"path/filepath"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// steps gives the steps in the order in which they are carried out: nothing of
// an earlier scan is touched before all that can be checked has been.
func (c *compiler) steps() []Step {
	var steps []Step
	if c.pre != nil {
		steps = append(steps, Pre{Hook: *c.pre, Args: []string{c.scan.Name}})
	}
	return append(steps,
		Check{Files: c.allFiles(), Dynamic: c.dynamic(), MaxDrift: c.scan.MaxDrift},
		c.probe(),
		Clear{Prefix: c.layout.Prefix(), Keep: c.scan.Keep},
		Agent{},
		c.stage(),
		c.split(),
		c.launch(),
		c.wait(),
		c.last(),
	)
}

func (c *compiler) probe() Probe {
	return Probe{
		Workers:    c.workers,
		KnownHosts: c.trustedFile(),
		MinWorkers: c.scan.MinWorkers,
		Deploy:     c.scan.Deploy,
		DeployFrom: c.deployFrom(),
		Launch:     c.scan.Launch,
		Dir:        c.layout.Dir,
		Share:      c.scan.Share,
		ShareWait:  c.scan.ShareWait.Std(),
		Classic:    c.classic(),
	}
}

func (c *compiler) deployFrom() string {
	if c.scan.DeployFrom == "" {
		return ""
	}
	return Resolve(c.facts.Base, c.facts.Home, c.scan.DeployFrom)
}

func (c *compiler) stage() Stage {
	s := Stage{Dir: c.layout.RunDir()}
	for _, f := range c.allFiles() {
		switch f.Role {
		case job.RoleScan, job.RolePre, job.RoleRemote, job.RolePostChunk, job.RoleAggregate:
			s.Files = append(s.Files, StagedFile{File: f, To: c.layout.Staged(f.Role)})
		}
	}
	if c.joins() {
		s.Files = append(s.Files, StagedFile{
			File: File{Role: job.RoleInput, Key: "input"},
			To:   c.layout.Staged(job.RoleInput),
		})
	}
	return s
}

// joins tells that no one file of the user's is the whole list.
func (c *compiler) joins() bool { return len(c.inputs) != 1 || c.facts.Rerun != nil }

func (c *compiler) split() Split {
	s := Split{
		Inputs:    c.inputs,
		Exclude:   c.exclude,
		Into:      c.layout.ChunkDir(),
		PerWorker: c.scan.Chunks,
		Canary:    c.scan.Canary,
		Counted:   c.counted(),
		Rerun:     c.facts.Rerun,
	}
	s.CanaryChunks, s.Chunks = c.chunks(s)
	if s.Counted {
		s.Targets, s.Excluded = c.facts.Targets, c.facts.Excluded
	}
	return s
}

func (c *compiler) wait() Wait {
	_, chunks := c.chunks(c.split())
	lost := c.scan.OnWorkerLost
	if c.scan.Attach {
		lost = spec.LostFail // nobody would be there to type what another one asks for
	}
	return Wait{
		Prefix: c.layout.Prefix(), Count: chunks, Poll: c.scan.Poll.Std(),
		OnWorkerLost: lost, Retries: c.scan.Retries, MaxFail: c.scan.MaxFail,
	}
}

// last is what is made of the results: the user's aggregator, else our merge.
func (c *compiler) last() Step {
	if c.aggregator == nil {
		return Merge{Into: filepath.Join(c.layout.Prefix(), job.Final)}
	}
	input := c.layout.Staged(job.RoleInput)
	if !c.joins() {
		input = Resolve(c.facts.Base, c.facts.Home, c.inputs[0].Path)
	}
	return Aggregate{
		Hook: *c.aggregator,
		Args: []string{c.scan.Name, input, c.layout.StartedFile()},
		Dir:  c.layout.ChunkDir(),
	}
}
