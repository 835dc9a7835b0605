package runner

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
	"scanmaster/spec"
)

// prober looks at all workers of a scan, side by side.
type prober struct {
	step plan.Probe
	// lease and poll are what a folder that shows files late is held against.
	lease, poll time.Duration
	cfg         Config
	access      *host.Access
	need        host.Need
	// folder is where master and hosts show each other that they share it; token
	// is what the names of all files there begin with, and what is in the master's.
	folder *share.Dir
	token  string
}

// probeAll looks at all workers. What is open of a host is the caller's to
// close; see leave.
func probeAll(ctx context.Context, p plan.Plan, s plan.Probe, cfg Config) ([]Probed, error) {
	probed := make([]Probed, len(s.Workers))
	facts, reasons := probeHere(s, cfg)
	for i, w := range s.Workers {
		probed[i] = Probed{Worker: w}
		if w.Local {
			probed[i].Facts, probed[i].Reasons, probed[i].at = facts, slices.Clone(reasons), local{}
			probed[i].foundHere()
		}
	}
	if !anyRemote(s.Workers) {
		return probed, nil
	}
	keys, err := newAccess(p, s.Workers, cfg)
	if err != nil {
		return probed, err
	}
	b, err := newProber(p, s, cfg, keys)
	if err != nil {
		return probed, errors.Join(err, keys.Close())
	}
	var side sync.WaitGroup
	for i := range probed {
		if !probed[i].Worker.Local {
			probed[i].access = keys
			side.Go(func() { b.probe(ctx, &probed[i]) })
		}
	}
	side.Wait()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return probed, errors.Join(err, b.close())
}

func newProber(p plan.Plan, s plan.Probe, cfg Config, keys *host.Access) (*prober, error) {
	b := &prober{step: s, lease: p.Lease, poll: findStep[plan.Wait](p).Poll, cfg: cfg, access: keys, token: rand.Text(), need: host.Need{
		Room: minRoom, Inodes: minFiles, Launch: s.Launch, Deploy: s.Deploy,
		Classic: s.Classic, UID: os.Getuid(), User: cfg.User,
	}}
	if err := b.prepare(); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func launchOf(p plan.Plan) plan.Launch { return findStep[plan.Launch](p) }

// findStep gives the plan's step of a type; a zero one where it has none.
func findStep[T plan.Step](p plan.Plan) T {
	var none T
	for _, step := range p.Steps {
		if s, ok := step.(T); ok {
			return s
		}
	}
	return none
}

// prepare finds the builds that there are, and makes the folder of the files.
func (b *prober) prepare() error {
	if b.step.Deploy != spec.DeployNever {
		b.need.Builds = []string{runtime.GOOS + "/" + runtime.GOARCH}
		if b.step.DeployFrom != "" {
			more, err := host.Builds(b.step.DeployFrom)
			if err != nil {
				return fmt.Errorf("deploy_from: %w", err)
			}
			b.need.Builds = append(b.need.Builds, more...)
		}
	}
	dir, err := share.Open(b.step.Dir)
	if err != nil {
		return fmt.Errorf("the shared folder: %w; %s", err, mendDir)
	}
	b.folder, err = dir.Make(job.State, host.ProbeDir)
	return errors.Join(err, dir.Close())
}

// close removes the files of the probe.
func (b *prober) close() error {
	if b.folder == nil {
		return nil
	}
	entries, err := b.folder.Names()
	errs := []error{err}
	for _, entry := range entries {
		if strings.HasPrefix(entry, b.token) {
			errs = append(errs, b.folder.Remove(entry))
		}
	}
	return errors.Join(append(errs, b.folder.Close())...)
}

// probe looks at one host. What it lacks becomes a reason.
func (b *prober) probe(ctx context.Context, p *Probed) {
	ctx, cancel := context.WithTimeoutCause(ctx, probeLimit+b.step.ShareWait,
		fmt.Errorf("the probe was not over within %v", probeLimit+b.step.ShareWait))
	defer cancel()
	h, err := b.access.Dial(ctx, p.Worker)
	if err != nil {
		p.refused(job.AboutLogin, err.Error())
		return
	}
	at := &away{worker: p.Worker, access: b.access, host: h}
	p.at = at
	if p.Facts, err = h.Look(ctx, b.step.Dir); err != nil {
		p.refused(job.AboutLogin, err.Error())
		return
	}
	p.found(job.AboutLogin, "%s, as %s (uid %d)", h.Ident(), p.Facts.User, p.Facts.UID)
	at.classic = b.step.Deploy == spec.DeployNever && p.Facts.Scanslave.Classic
	b.judge(ctx, p, at)
	p.Found = append(p.Found, p.Facts.Found(b.need)...)
}

// judge finds out whether a host that was looked at could work.
func (b *prober) judge(ctx context.Context, p *Probed, at *away) {
	p.Warnings = p.Facts.Warn(b.need)
	if b.step.Share == spec.ShareNone || b.mayDoWithout(at) && !p.Facts.Dir.Exists {
		b.doWithout(ctx, p, at)
		return
	}
	if p.Reasons = p.Facts.Refuse(b.need); len(p.Reasons) > 0 {
		return
	}
	there, back, err := b.shares(ctx, at.at())
	switch apart := errors.Is(err, host.ErrNotShared); {
	case err == nil:
		b.late(p, there, back)
	case apart && b.mayDoWithout(at):
		p.Warnings = append(p.Warnings, job.Finding{
			About: job.AboutShare, Text: err.Error() + "; its files go and come by SFTP now, and share: none saves the wait",
		})
		b.doWithout(ctx, p, at)
	default:
		p.refused(job.AboutShare, err.Error())
		p.Facts.Dir.Apart = apart
	}
}

// shares lets a host read a file of the master's and write one of its own, and
// waits until that is seen here. It gives how long it took until each was seen,
// the question included.
func (b *prober) shares(ctx context.Context, h *host.Host) (there, back time.Duration, err error) {
	ours, name, answer := b.token+".m."+rand.Text(), b.token+"."+rand.Text(), rand.Text()
	if err := b.folder.WriteFile(ours, []byte(b.token+"\n")); err != nil {
		return 0, 0, err
	}
	written := time.Now()
	peek := host.SharePeek{Dir: b.step.Dir, Read: ours, Token: b.token, Write: name, Answer: answer, Wait: b.step.ShareWait}
	if err := h.Shares(ctx, peek); err != nil {
		return 0, 0, err
	}
	answered := time.Now()
	err = b.waitFor(ctx, name, answer)
	return answered.Sub(written), time.Since(answered), err
}

// waitFor waits until a host's file is seen here.
func (b *prober) waitFor(ctx context.Context, name, answer string) error {
	late := time.NewTimer(b.step.ShareWait)
	defer late.Stop()
	tick := time.NewTicker(shareLook)
	defer tick.Stop()
	for {
		if b.sees(name, answer) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late.C:
			return fmt.Errorf("%s is %w: what it writes there was not seen here within %v: mount the same share, or give it longer (share_wait)",
				b.step.Dir, host.ErrNotShared, b.step.ShareWait)
		case <-tick.C:
		}
	}
}

// shareLook is how often the master looks for a host's file.
const shareLook = 100 * time.Millisecond

// sees looks by reading the folder: a file that was asked for by its name, and
// wasn't there, may be remembered as missing.
func (b *prober) sees(name, answer string) bool {
	entries, err := b.folder.Names()
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if entry == name {
			text, err := b.folder.ReadFile(name)
			return err == nil && strings.TrimSpace(string(text)) == answer
		}
	}
	return false
}
