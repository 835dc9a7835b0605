package plan

import (
	"strings"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

func (c *compiler) summary() Summary {
	s := Summary{
		Name:      c.scan.Name,
		Set:       settings(c.scan),
		Base:      c.bases,
		Script:    c.script,
		Shell:     c.scan.Shell,
		User:      c.scan.Targets.User,
		Auth:      c.scan.Auth,
		Inputs:    c.inputs,
		Exclude:   c.exclude,
		HostFiles: c.hostFiles,
		Counted:   c.counted(),
		Limit:     c.facts.Limit,
		Workers:   len(c.workers),
		Remote:    c.remote(),
		Jobs:      job.Jobs(c.scan.Jobs),
		Trust:     Trust{KnownHosts: c.trustedFile(), Targets: c.scan.Targets.HostKeys},
		FailOn:    c.scan.FailOn,
		Keep:      c.scan.Keep,

		Algorithms: Algorithms(c.scan.Targets.Algorithms),
	}
	if s.Counted {
		s.Targets, s.All, s.Excluded = c.facts.Targets, c.all(), c.facts.Excluded
	}
	return s
}

// jobFile is the job file but for the chunks.
func (c *compiler) jobFile() job.File {
	f := job.File{
		Version: job.FileVersion,
		Run:     c.facts.Run,
		Name:    c.scan.Name,
		Script:  job.Staged{Path: c.layout.Staged(job.RoleRemote), SHA256: c.script.SHA256},
		Chunks:  map[string]job.Chunk{},
		Args:    c.scan.Remote.Args,
		Env:     c.scan.Remote.Env.Texts(),
		Secrets: secretNames(c.secrets()),
		HookEnv: c.hookEnv(),
		Timeouts: job.Timeouts{
			Connect: c.scan.Timeouts.Connect.Std(),
			Banner:  c.scan.Timeouts.Banner.Std(),
			Auth:    c.scan.Timeouts.Auth.Std(),
			Run:     c.scan.Timeouts.Run.Std(),
			Idle:    c.scan.Timeouts.Idle.Std(),
			Hook:    c.scan.Timeouts.Hook.Std(),
		},
		Retry:     c.scan.Retry,
		Rate:      c.rate(),
		PerSubnet: c.scan.PerSubnet,
		MaxOutput: int64(c.scan.MaxOutput),
		Lease:     c.scan.Lease.Std(),
		OnUnknown: c.scan.OnUnknown,
	}
	if c.scan.OnMasterLost == spec.MasterLostStop {
		f.MasterLease = f.Lease
	}
	if c.postChunk != nil {
		f.PostChunk = &job.Staged{Path: c.layout.Staged(job.RolePostChunk), SHA256: c.postChunk.SHA256}
	}
	if c.scan.Shell != spec.ShellLogin {
		f.Shell = strings.Fields(c.scan.Shell)
	}
	return f
}

func settings(scan *spec.Scan) []string {
	var all []string
	for _, s := range scan.Settings() {
		all = append(all, s.String())
	}
	return all
}
