package plan

import (
	"scanmaster/runner/job"
	"scanmaster/spec"
)

// noHook is the post-chunk hook of a classic scanslave where the scan has none:
// without -p it would run whatever post.chunk.sh is in the user's home.
const noHook = "/bin/true"

// classic says what classic scanslaves would make of the scan. They are only
// met where nothing is deployed.
func (c *compiler) classic() *Classic {
	if c.scan.Deploy != spec.DeployNever || c.remote() == 0 {
		return nil
	}
	var refused []string
	refuse := func(key string, when bool) {
		if when {
			refused = append(refused, key)
		}
	}
	refuse("targets.host_keys", c.scan.Targets.HostKeys != "off")
	refuse("shell", c.scan.Shell != classicShell(c.scan.Attach))
	refuse("remote.args", len(c.scan.Remote.Args) > 0)
	refuse("remote.env", len(c.scan.Remote.Env) > 0)
	refuse(hookEnvKey, c.hookEnv() != nil && c.postChunk != nil)
	for _, name := range c.scan.ScanEnv.Secrets() {
		refuse("SCAN_ENV."+name, true) // it would stand in an argv
	}
	refuse("on_unknown", c.scan.OnUnknown == spec.OnUnknownReport)
	refuse("jobs: auto", c.scan.Jobs == spec.JobsAuto)
	refuse("rate", !c.scan.Rate.IsZero())
	refuse("per_subnet", c.scan.PerSubnet > 0)
	ignored := []string{"timeouts", "max_output"}
	if len(c.scan.Retry) > 0 {
		ignored = append(ignored, "retry")
	}
	if c.scan.OnMasterLost == spec.MasterLostStop {
		ignored = append(ignored, "on_master_lost")
	}
	return &Classic{Refused: refused, Ignored: ignored}
}

// classicShell is what reads the script on targets of a classic scanslave: with -H it
// is bash.
func classicShell(attended bool) string {
	if attended {
		return spec.DefaultShell
	}
	return spec.ShellLogin
}

// Classic gives what starts a classic scanslave on a chunk of so many lines:
// its argv as the classic master makes it, without the job file, which it
// knows nothing of. With fewer lines than jobs it would work one by one, so
// that it is given no more jobs than lines.
func (l Launch) Classic(layout job.Layout, chunk string, lines int64) Command {
	args := l.Args
	args.ChunkFile = layout.Chunk(chunk)
	args.Jobs = job.Jobs(max(1, min(int64(args.Jobs), lines)))
	if args.PostChunk == "" {
		args.PostChunk = noHook
	}
	argv := append([]string{classicProgram}, args.Argv()...)
	return l.onHost(layout, chunk, l.Env, argv)
}
