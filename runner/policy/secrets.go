package policy

import (
	"slices"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// secrets judges where secrets are had from: what a script is given it can send
// anywhere. Of a scan file that isn't trusted only what is listed may be one.
func (j *judge) secrets() {
	for _, s := range j.plan.Secrets() {
		if !s.Script && !job.MatchEnv(j.policy.ScanEnv, s.Name) {
			j.refuse(s.Key, "SCAN_ENV", j.policy.ScanEnv, "SCAN_ENV sets %s", s.Name)
		}
		by, allowed, isIn := "from_env", j.policy.FromEnv, job.MatchEnv(j.policy.FromEnv, s.FromEnv)
		if s.FromEnv == "" {
			path := plan.Resolve(j.plan.Base, j.home, s.FromFile)
			by, allowed, isIn = "from_file", j.policy.FromFile, slices.ContainsFunc(j.policy.FromFile, same(path))
		}
		if !isIn && (allowed != nil || j.plan.Confined) {
			j.refuse(s.Key, by, allowed, "%s is had %s", s.Key, s.From())
		}
	}
}
