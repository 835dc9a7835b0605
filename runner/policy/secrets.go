package policy

import (
	"slices"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// secrets judges where secrets are had from: what a script is given it can send
// anywhere.
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
		if !isIn && (allowed != nil || j.confined) {
			j.refuse(s.Key, by, allowed, "%s is had %s", s.Key, s.From())
		}
	}
}

// JudgeSecrets is Judge for the secrets alone of a scan file that isn't trusted: it
// may have those that the policy lists, and none where there is no policy.
func JudgeSecrets(p plan.Plan, allowed *spec.Policy, home string) []Violation {
	if allowed == nil {
		allowed = &spec.Policy{ScanEnv: []string{"*"}}
	}
	j := &judge{plan: p, policy: allowed, home: home, confined: true}
	j.secrets()
	return j.found
}
