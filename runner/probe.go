package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// Probed is what a probe has found of one worker.
type Probed struct {
	Worker plan.Worker
	// Facts are zero where it could not be looked at. Of this machine they are
	// its system, its user and the shared folder.
	Facts host.Facts
	// Ping is by what it pings, as in job.Fitness; empty where it doesn't, or
	// was not asked.
	Ping string
	// Reasons say why it can't work, each with what mends it; none where it
	// can. Warnings don't keep it from working, and Found is what is well. All may
	// hold words of the host's, raw.
	Reasons, Warnings, Found []job.Finding

	at station
	// access is how to get in at the worker hosts; nil for a local worker.
	access *host.Access
}

// Probe finds out which workers of a plan could work, and touches nothing but
// files of its own below DIR/.scanmaster/probe. It brings nothing to the hosts:
// what they lack of a worker's set-up is known where the worker half is there.
// The error is that nothing can be found out at all.
func Probe(ctx context.Context, p plan.Plan, cfg Config) ([]Probed, error) {
	for _, step := range p.Steps {
		if s, ok := step.(plan.Probe); ok {
			probed, err := probeAll(ctx, p, s, cfg)
			if err == nil {
				err = locate(ctx, deliveries(p, s, probed))
			}
			if err == nil {
				err = fit(ctx, p, cfg, probed)
			}
			return probed, errors.Join(err, leave(probed))
		}
	}
	return nil, errors.New("a plan without a probe")
}

// probe finds out which workers can work, and leaves the others out. What the
// worker half is missing on a host is copied there.
func (r *run) probe(ctx context.Context, s plan.Probe) (string, error) {
	probed, err := probeAll(ctx, r.plan, s, r.cfg)
	if err == nil {
		err = deliver(ctx, deliveries(r.plan, s, probed))
	}
	if err == nil {
		err = fit(ctx, r.plan, r.cfg, probed)
	}
	if err != nil {
		return "", errors.Join(err, leave(probed))
	}
	r.stations = make(map[string]station)
	var reasons []string
	for _, p := range probed {
		for _, warning := range p.Warnings {
			r.report(Warning{Text: p.Worker.Name + ": " + warning.Text})
		}
		if len(p.Reasons) > 0 {
			reason := strings.Join(job.Texts(p.Reasons), "; ")
			reasons = append(reasons, p.Worker.Name+": "+reason)
			r.report(WorkerSkipped{Worker: p.Worker.Name, Reason: reason})
			continue
		}
		r.live = append(r.live, p.Worker)
		r.stations[p.Worker.Name] = p.at
	}
	detail := fmt.Sprintf("%d of %d workers can work", len(r.live), len(s.Workers))
	// What a run has begun is worth to be gone on with by whoever is there.
	if least := max(1, s.MinWorkers); len(r.live) < least && !r.resumed {
		return "", errors.Join(fmt.Errorf("%s, and %d must (min_workers): %s", detail, least, strings.Join(reasons, "; ")), leave(probed))
	}
	r.probed = probed
	return detail + without(probed), r.endUnfinished(ctx)
}

// leaveHosts ends the connections to the worker hosts.
func (r *run) leaveHosts() error { return leave(r.probed) }

// leave ends the connections to hosts that were probed.
func leave(probed []Probed) error {
	var errs []error
	for _, p := range probed {
		if at, ok := p.at.(*away); ok {
			errs = append(errs, at.close())
		}
		if p.access != nil {
			errs = append(errs, p.access.Close()) // of all hosts; once is enough
		}
	}
	return errors.Join(errs...)
}

func anyRemote(workers []plan.Worker) bool {
	return slices.ContainsFunc(workers, func(w plan.Worker) bool { return !w.Local })
}

// probeLimit bounds the probe of one host beyond what the share may take.
const probeLimit = 90 * time.Second

// refused takes in why a worker can't work.
func (p *Probed) refused(about job.About, why string) {
	p.Reasons = append(p.Reasons, job.Finding{About: about, Text: why})
}

// found takes in what is well with a worker.
func (p *Probed) found(about job.About, format string, args ...any) {
	p.Found = append(p.Found, job.Finding{About: about, Text: fmt.Sprintf(format, args...)})
}
