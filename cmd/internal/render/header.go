package render

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/secret"
	"scanmaster/spec"
)

// header says what would run, on how many targets, from which workers, as
// whom, trusting which keys, what makes it fail, what is moved, and what is
// written.
func (t *text) header() {
	s, file := t.plan.Summary, t.plan.Job
	t.line(fmt.Sprintf("scan %s · %s · version %d", s.Name, t.plan.File, t.plan.Version))
	t.key("set", strings.Join(s.Set, dots))
	t.key("base", bases(s))
	t.key("runs", runs(s))
	t.key("with", join(job.QuoteAll(file.Args), environment(file.Env), t.secrets(true)))
	t.key("hooks", t.hooks())
	t.key("hook_env", t.hookEnv())
	if t.plan.Confined {
		t.key("confined", "reads only its repository, takes only secrets that a policy lists")
	}
	t.key("on", on(s))
	t.key("from", from(s))
	t.key("env", t.env())
	t.key("checks", t.checks())
	t.key("limits", t.limits())
	t.key("rate", ceiling(file.Rate))
	t.key("subnets", perSubnet(file.PerSubnet))
	t.key("retry", retries(file.Retry))
	t.key("master", masterLost(t.plan))
	t.key("unknown", unknown(file))
	t.key("trusts", trusts(s))
	t.key("offers", offers(s.Algorithms))
	t.key("fails", fails(s.FailOn))
	t.key("guards", t.guards())
	if s.Keep == 0 {
		t.key("removes", fmt.Sprintf("%s/%s/*, what earlier runs have left", job.ChunkedDir, s.Name))
	} else {
		t.key("moves", fmt.Sprintf("%s/%s/* → %s/%s*, keeps %d", job.ChunkedDir, s.Name, job.Old, job.OldRun, s.Keep))
	}
	t.key("writes", t.writes())
	t.key("owner", "taken for dead after "+duration(t.plan.Lease)+" without a heartbeat")
}

func bases(s plan.Summary) string {
	below := make([]string, len(s.Base))
	for i, f := range s.Base {
		below[i] = fmt.Sprintf("%s (%s)", f.Path, about(f))
	}
	return strings.Join(below, dots)
}

func runs(s plan.Summary) string {
	by := s.Shell
	if by == spec.ShellLogin {
		by = "the login shell"
	}
	as := "the worker's user"
	if s.User != "" {
		as = s.User
	}
	with := map[string]string{"pubkey": "with keys", "password": "with a password", "all": "with keys or a password"}[s.Auth]
	return fmt.Sprintf("%s (%s) by %s, as %s, %s", s.Script.Path, about(s.Script), by, as, with)
}

// about says how long a file is and which.
func about(f plan.File) string {
	if f.SHA256 == "" {
		return digest("")
	}
	return count(f.Lines, "line") + ", " + digest(f.SHA256)
}

// environment gives the variables of the script as a shell takes them.
func environment(env map[string]string) string {
	var vars []string
	for _, key := range slices.Sorted(maps.Keys(env)) {
		vars = append(vars, key+"="+job.Quote(env[key]))
	}
	return strings.Join(vars, " ")
}

// env gives what every worker process finds in its environment, but for
// SSHOPTS, which stands with the commands.
func (t *text) env() string {
	var vars []string
	for _, e := range launch(t.plan).Env {
		if key, value, _ := strings.Cut(e, "="); key != "SSHOPTS" {
			vars = append(vars, key+"="+job.Quote(value))
		}
	}
	return join(strings.Join(vars, " "), t.secrets(false))
}

// secrets says of which variables of the script, or of workers, the plan doesn't know
// the value, and where it is had from.
func (t *text) secrets(script bool) string {
	var vars []string
	for _, s := range t.plan.Secrets() {
		if s.Script == script {
			vars = append(vars, s.Name+"="+secret.Mark+" "+s.From())
		}
	}
	return strings.Join(vars, " ")
}

// launch is the plan's step of that kind.
func launch(p plan.Plan) plan.Launch { return find[plan.Launch](p) }

// find gives the plan's step of a type; one without anything where it has none.
func find[T plan.Step](p plan.Plan) T {
	var none T
	for _, step := range p.Steps {
		if s, ok := step.(T); ok {
			return s
		}
	}
	return none
}

// hookEnv says what hooks get of the environment, where that isn't all.
func (t *text) hookEnv() string {
	env := t.plan.Job.HookEnv
	if env != nil && len(env) == 0 {
		env = []string{"nothing"}
	}
	if t.hooks() == "" {
		return ""
	}
	return strings.Join(env, " ")
}

func (t *text) hooks() string {
	var hooks []string
	for _, step := range t.plan.Steps {
		switch s := step.(type) {
		case plan.Pre:
			hooks = append(hooks, s.Hook.Path+" before all")
		case plan.Stage:
			for _, f := range s.Files {
				if f.File.Role == job.RolePostChunk {
					hooks = append(hooks, f.File.Path+" on each worker after its chunk")
				}
			}
		case plan.Aggregate:
			hooks = append(hooks, s.Hook.Path+" after all")
		}
	}
	return strings.Join(hooks, dots)
}

func on(s plan.Summary) string {
	var inputs []string
	for _, f := range s.Inputs {
		inputs = append(inputs, fmt.Sprintf("%s (%s)", f.Path, digest(f.SHA256)))
	}
	from := " of " + strings.Join(inputs, ", ")
	if !s.Counted {
		return "targets" + limited(s.Limit) + from + ", counted after the pre hook"
	}
	targets := count(s.Targets, "target")
	var notes []string
	if !s.Limit.IsZero() {
		targets = fmt.Sprintf("%s of %s", humanize.Comma(s.Targets), count(s.All, "target"))
		notes = append(notes, s.Limit.String())
	}
	if s.Excluded > 0 {
		notes = append(notes, humanize.Comma(s.Excluded)+" more excluded")
	}
	if len(notes) > 0 {
		targets += " (" + strings.Join(notes, ", ") + ")"
	}
	return targets + from
}

// limited says which part of the input is scanned.
func limited(l plan.Limit) string {
	if l.IsZero() {
		return ""
	}
	return " (" + l.String() + ")"
}

func from(s plan.Summary) string {
	line := fmt.Sprintf("%s × %d at a time", count(int64(s.Workers), "worker"), s.Jobs)
	if s.Jobs == job.JobsAuto {
		line = count(int64(s.Workers), "worker") + " × as many at a time as each can bear (jobs: auto)"
	}
	switch {
	case s.Remote == 0:
		line += ", on this machine"
	case s.Remote < s.Workers:
		line += fmt.Sprintf(", %d on this machine and %d over SSH", s.Workers-s.Remote, s.Remote)
	default:
		line += ", over SSH"
	}
	var lists []string
	for _, f := range s.HostFiles {
		lists = append(lists, fmt.Sprintf("%s (%s)", f.Path, digest(f.SHA256)))
	}
	return join(line, strings.Join(lists, ", "))
}

func (t *text) writes() string {
	line := t.plan.Layout.Prefix() + dots + filepath.Join(t.plan.Layout.Dir, job.State)
	if t.plan.Summary.Remote > 0 {
		line += dots + "on workers ~/.cache/scanmaster"
		if launch(t.plan).Via == plan.ViaScreen {
			line += ", ~/.screenrc.scanslave." + t.plan.Layout.Run + ".*"
		}
	}
	return line
}

func duration(d time.Duration) string { return spec.Duration(d).String() }
