package policy

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// options is the variable by which OpenSSH's options reach a worker.
const options = "SSHOPTS"

// maxTold is how many workers are told of.
const maxTold = 5

// workers judges who works, as whom, and by which keys they are known.
func (j *judge) workers() {
	probe, _ := step[plan.Probe](j.plan)
	launch, _ := step[plan.Launch](j.plan)
	told, seen := 0, make(map[plan.Worker]bool)
	for i, w := range slices.Concat(probe.Workers, launch.Workers) {
		if seen[w] || j.allowed(w) {
			continue
		}
		seen[w] = true
		key := "hosts"
		if len(j.plan.Summary.HostFiles) == 0 {
			key = fmt.Sprintf("hosts[%d]", i) // no file lists others between
		}
		if told++; told <= maxTold {
			j.refuse(key, "hosts", j.policy.Hosts, "a worker is %s", called(w))
		}
	}
	if told > maxTold {
		j.refuse("hosts", "hosts", j.policy.Hosts, "so are %d more workers", told-maxTold)
	}
	known := plan.Resolve(j.plan.Base, j.home, probe.KnownHosts)
	if j.policy.KnownHosts != nil && probe.KnownHosts != "" && !slices.ContainsFunc(j.policy.KnownHosts, same(known)) {
		j.refuse("known_hosts", "known_hosts", j.policy.KnownHosts, "known_hosts is %s", probe.KnownHosts)
	}
}

// allowed tells whether a host may be a worker. A pattern without a user is for those
// that the scan file names no user for.
func (j *judge) allowed(w plan.Worker) bool {
	if j.policy.Hosts == nil {
		return true
	}
	return slices.ContainsFunc(j.policy.Hosts, func(pattern string) bool {
		user, host, named := strings.Cut(pattern, "@")
		if !named {
			user, host = "", pattern
		}
		is, err := path.Match(strings.ToLower(host), strings.ToLower(w.Host))
		if named && is && err == nil {
			is, err = path.Match(user, w.User)
		}
		return is && err == nil && named == (w.User != "")
	})
}

// called is what a pattern would have to match.
func called(w plan.Worker) string {
	if w.User == "" {
		return w.Host
	}
	return w.User + "@" + w.Host
}

// deployment judges where the program of the workers comes from.
func (j *judge) deployment() {
	probe, _ := step[plan.Probe](j.plan)
	launch, _ := step[plan.Launch](j.plan)
	for _, deploy := range slices.Compact([]string{probe.Deploy, launch.Deploy}) {
		if j.policy.Deploy != nil && !slices.Contains(j.policy.Deploy, deploy) {
			j.refuse("deploy", "deploy", j.policy.Deploy, "deploy is %s", deploy)
		}
	}
	bounded := j.policy.Deploy != nil || j.policy.DeployFrom != nil
	if from := probe.DeployFrom; bounded && from != "" && !slices.ContainsFunc(j.policy.DeployFrom, same(from)) {
		j.refuse("deploy_from", "deploy_from", j.policy.DeployFrom, "deploy_from is %s", from)
	}
}

// policies are the words of a scan file for those of StrictHostKeyChecking.
var policies = map[string]string{job.HostKeyNew: "accept-new", job.HostKeyYes: "strict", job.HostKeyNo: "off"}

// trust judges how targets' host keys are taken. SCAN_ENV may hold options for that,
// too: what they come to counts.
func (j *judge) trust() {
	if j.policy.HostKeys == nil {
		return
	}
	launch, _ := step[plan.Launch](j.plan)
	said := ""
	for _, variable := range launch.Env {
		if value, ok := strings.CutPrefix(variable, options+"="); ok {
			said = value // of the same name twice the last counts
		}
	}
	o, err := job.ParseSSHOPTS(said)
	switch {
	case err != nil:
		j.refuse("SCAN_ENV.SSHOPTS", "host_keys", j.policy.HostKeys, "what %v says isn't known", err)
	case len(o.KnownHosts) > 0:
		j.refuse("SCAN_ENV.SSHOPTS", "host_keys", j.policy.HostKeys, "SSHOPTS names %s as a file of host keys", o.KnownHosts[0])
	case !slices.Contains(j.policy.HostKeys, policies[o.HostKeys]):
		j.refuse("targets.host_keys", "host_keys", j.policy.HostKeys, "targets.host_keys is %s", policies[o.HostKeys])
	}
}

// below tells whether a folder is another, or in it.
func below(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && filepath.IsAbs(dir) && filepath.IsLocal(rel)
}

func same(path string) func(string) bool {
	return func(other string) bool { return filepath.Clean(other) == filepath.Clean(path) }
}
