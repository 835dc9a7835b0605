package plan

import (
	"maps"
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// envOptions is the variable by which OpenSSH options reach a worker.
const envOptions = "SSHOPTS"

// via is what the scan file's words for launch mean.
var via = map[string]string{spec.LaunchScreen: ViaScreen, spec.LaunchProcess: ViaProcess}

// launch says how every worker is started.
func (c *compiler) launch() Launch {
	args := job.Args{
		Auth:        c.scan.Auth,
		Attended:    c.scan.Attach,
		Dir:         c.layout.Dir,
		Remote:      c.layout.Staged(job.RoleRemote),
		Jobs:        job.Jobs(c.scan.Jobs),
		Name:        c.scan.Name,
		Passthrough: c.passthrough(),
	}
	if c.postChunk != nil {
		args.PostChunk = c.layout.Staged(job.RolePostChunk)
	}
	return Launch{
		Workers: c.workers,
		Args:    args,
		Env:     c.env(),
		Secrets: c.secrets(),
		Bin:     c.facts.Bin,
		Deploy:  c.scan.Deploy,
		Via:     via[c.scan.Launch],
		Attach:  c.scan.Attach,
	}
}

// passthrough puts the checks that are off in front, in the classic letters.
func (c *compiler) passthrough() []string {
	var args []string
	if !c.scan.Checks.Ping {
		args = append(args, "-P")
	}
	if !c.scan.Checks.Banner {
		args = append(args, "-S")
	}
	return append(args, c.scan.Passthrough...)
}

// env is the environment that every worker process gets on top of its own.
// SSHOPTS holds the scan's own options first, since OpenSSH takes the first
// value of an option.
func (c *compiler) env() []string {
	vars := c.scan.ScanEnv.Texts()
	if vars == nil {
		vars = make(map[string]string)
	}
	options := c.options()
	if more := strings.TrimSpace(vars[envOptions]); more != "" {
		options = strings.TrimSpace(options + " " + more)
	}
	delete(vars, envOptions)
	var env []string
	for _, key := range slices.Sorted(maps.Keys(vars)) {
		env = append(env, key+"="+vars[key])
	}
	return append(env, envOptions+"="+options)
}

func (c *compiler) options() string {
	t := c.scan.Targets
	options := job.TargetOptions{User: t.User, HostKeys: strictHostKeyChecking(t.HostKeys)}
	if t.Port != spec.DefaultPort {
		options.Port = t.Port
	}
	if t.Identity != "" {
		options.Identities = []string{t.Identity}
	}
	a := t.Algorithms
	options.KexAlgorithms, options.Ciphers, options.MACs, options.HostKeyAlgorithms = a.KEX, a.Ciphers, a.MACs, a.HostKeys
	return options.SSHOPTS()
}

// strictHostKeyChecking gives OpenSSH's word for the scan file's
// (ssh_config(5), StrictHostKeyChecking).
func strictHostKeyChecking(policy string) string {
	switch policy {
	case "strict":
		return "yes"
	case "off":
		return "no"
	}
	return policy
}
