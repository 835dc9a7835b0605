package render

import (
	"math"
	"strings"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// probe says what is asked of the workers before anything is touched.
func probe(s plan.Probe) []string {
	rows := make([][]string, len(s.Workers))
	remote := false
	for i, w := range s.Workers {
		rows[i] = []string{w.Name, address(w)}
		remote = remote || !w.Local
	}
	lines := append(table(rows), "at least "+count(int64(s.MinWorkers), "worker")+" with room in "+s.Dir,
		"asks each what it lacks (worker --check): keys for the targets, a way to ping, room")
	if !remote {
		return lines
	}
	needs := map[string]string{spec.LaunchScreen: "screen", spec.LaunchProcess: "setsid"}[s.Launch]
	if s.Share != spec.ShareNone {
		needs += ", " + s.Dir + " in sight within " + duration(s.ShareWait)
	}
	lines = append(lines, needs+", host keys of "+s.KnownHosts)
	if line := shares[s.Share]; line != "" {
		lines = append(lines, line)
	}
	return append(lines, deploys(s)...)
}

// shares says how worker hosts come by the files of the run.
var shares = map[string]string{
	spec.ShareAuto: "files of a host that doesn't see it go and come by SFTP (share: auto)",
	spec.ShareNone: "files go and come by SFTP (share: none)",
}

// deploys says how worker hosts come by the worker half.
func deploys(s plan.Probe) []string {
	if s.Deploy != spec.DeployNever {
		lines := []string{"brings scanslave along where it isn't there (deploy: " + s.Deploy + ")"}
		if s.DeployFrom != "" {
			lines = append(lines, "for other systems and architectures from "+s.DeployFrom+"/scanmaster_*")
		}
		return lines
	}
	lines := []string{"expects scanslave in the PATH of the workers (deploy: never)"}
	switch c := s.Classic; {
	case c == nil:
	case len(c.Refused) > 0:
		lines = append(lines, "refuses a classic scanslave, which can't honour "+strings.Join(c.Refused, ", "))
	default:
		lines = append(lines, "a classic scanslave ignores "+strings.Join(c.Ignored, ", "))
	}
	return lines
}

// classic gives what starts chunk number i where the worker's scanslave is the
// classic one; false where that can't be, or is refused.
func classic(p plan.Plan, s plan.Launch, w plan.Worker, chunk string, i int) (plan.Command, bool) {
	c := find[plan.Probe](p).Classic
	if w.Local || c == nil || len(c.Refused) > 0 {
		return plan.Command{}, false
	}
	return s.Classic(p.Layout, chunk, lines(find[plan.Split](p), i)), true
}

// lines is how many lines chunk number i will have, or more than any where
// that isn't known yet.
func lines(s plan.Split, i int) int64 {
	if !s.Counted || s.Chunks == 0 {
		return math.MaxInt64
	}
	n, rest := s.Targets/int64(s.Chunks), s.Targets%int64(s.Chunks)
	if int64(i) < rest {
		n++
	}
	return n
}
