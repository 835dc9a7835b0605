package runner

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// fit has every worker that could work look at its own set-up, side by side: an
// earlier scan must not make way for one that can't run. What one lacks becomes
// its reasons. Classic ones can't be asked, nor those whose binary isn't there
// yet. The error is that ctx has ended.
func fit(ctx context.Context, p plan.Plan, cfg Config, probed []Probed) error {
	launch := launchOf(p)
	var side sync.WaitGroup
	// One process answers for all workers on this machine.
	here := sync.OnceValues(func() (job.Fitness, error) {
		return fitHere(ctx, launch.Check(p.Layout, plan.Worker{Local: true}), cfg.Environ)
	})
	for i := range probed {
		w := &probed[i]
		if len(w.Reasons) > 0 {
			continue
		}
		switch at := w.at.(type) {
		case local:
			side.Go(func() { w.heard(here()) })
		case *away:
			launch := launch
			launch.Bin = at.bin(launch)
			if at.path != "" || launch.Deploy == spec.DeployNever && !at.classic {
				line := launch.Check(p.Layout, w.Worker).Line
				side.Go(func() { w.heard(at.at().Check(ctx, line)) })
			}
		}
	}
	side.Wait()
	warnOfPings(probed)
	return context.Cause(ctx)
}

// heard takes in what a worker has said of itself.
func (w *Probed) heard(f job.Fitness, err error) {
	if err != nil {
		w.refused(job.AboutSetup, err.Error())
		return
	}
	w.Ping = f.Ping
	w.Reasons, w.Warnings, w.Found = append(w.Reasons, f.Wrong...), append(w.Warnings, f.Warnings...), append(w.Found, f.Found...)
	if f.Ping != "" {
		w.found(job.AboutPings, "by %s", f.Ping)
	}
}

// fitLimit is how long a worker on this machine may look at itself; an agent or
// ping(8) may keep it waiting for seconds.
const fitLimit = time.Minute

// fitHere runs the look of workers on this machine, in the environment that they
// will have.
func fitHere(ctx context.Context, c plan.Command, environ []string) (job.Fitness, error) {
	ctx, cancel := context.WithTimeout(ctx, fitLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Env = slices.Concat(environ, c.Env)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.WaitDelay = time.Second
	said, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		return job.Fitness{}, fmt.Errorf("ask what it lacks: %w", err)
	}
	f, err := job.ParseFitness(string(said), cmd.ProcessState.ExitCode())
	if err != nil {
		return job.Fitness{}, fmt.Errorf("the worker can't say what it lacks (%v): %w", cmd.ProcessState, err)
	}
	return f, nil
}

// warnOfPings names the workers that can work where they ping by different
// means: whether a target counts as alive must not depend on whose it is.
func warnOfPings(probed []Probed) {
	by := make(map[string][]string)
	var odd *Probed
	for i := range probed {
		w := &probed[i]
		if len(w.Reasons) > 0 || w.Ping == "" {
			continue
		}
		by[w.Ping] = append(by[w.Ping], w.Worker.Name)
		if w.Ping == job.PingProgram && odd == nil {
			odd = w
		}
	}
	if odd == nil || len(by) < 2 {
		return
	}
	odd.Warnings = append(odd.Warnings, job.Finding{About: job.AboutPings, Text: fmt.Sprintf(
		"not all workers ping by the same means: %s by %s, %s by %s; let the user of the former send pings (net.ipv4.ping_group_range), or say checks: {ping: false}",
		few(by[job.PingProgram]), job.PingProgram, few(by[job.PingSocket]), job.PingSocket)})
}

// few names the first of several.
func few(names []string) string {
	const most = 5
	if more := len(names) - most; more > 1 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}
