package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"scanmaster/spec/diag"
)

// ShellLogin is the shell that is asked for without a command.
const ShellLogin = "login"

// together judges what goes together and what does not.
func (r *reader) together(scan *Scan) {
	for i, host := range scan.Hosts {
		name := fmt.Sprintf("hosts[%d]", i)
		path, ok := r.paths[name]
		if !ok {
			path = "hosts" // the whole value is one mapping
		}
		if !r.told(path) {
			r.hostTogether(host, path)
		}
	}
	r.workersTogether(scan)
	r.envTogether(scan)
	if _, written := r.pos["canary"]; written && scan.Canary.IsZero() && !r.told("canary") {
		r.bad["canary"] = true
		r.tell(r.at("canary"), "leave it out where none is to be scanned first", "canary is no target")
	}
	if _, written := r.pos["per_subnet"]; written && scan.PerSubnet == 0 && !r.told("per_subnet") {
		r.bad["per_subnet"] = true
		r.tell(r.at("per_subnet"), "leave it out for no bound", "per_subnet is no target")
	}
	if scan.Shell != ShellLogin {
		return
	}
	const hint = "a login shell is asked for without a command, which these would be part of"
	if len(scan.Remote.Args) > 0 {
		r.tell(r.at("remote.args"), hint, "remote.args can't go with shell: login")
	}
	if len(scan.Remote.Env) > 0 {
		r.tell(r.at("remote.env"), hint, "remote.env can't go with shell: login")
	}
}

// attachTogether judges what can't be where somebody has to type at each worker that
// is started.
func (r *reader) attachTogether(scan *Scan) {
	const hint = "each start of a worker asks for what is typed"
	if scan.Chunks > 1 {
		r.tell(r.at("chunks"), hint, "chunks can't go with attach: a worker has one")
	}
	if !scan.Canary.IsZero() {
		r.tell(r.at("canary"), hint, "canary can't go with attach: workers would be started twice")
	}
	if scan.Launch != LaunchScreen {
		r.tell(r.at("launch"), "leave it out", "launch: %s can't go with attach, which is to a session of screen", scan.Launch)
	}
}

// workersTogether judges what is said of all workers. How many a file lists
// isn't known here.
func (r *reader) workersTogether(scan *Scan) {
	listed := slices.ContainsFunc(scan.Hosts, func(h Host) bool { return h.File != "" })
	if n := len(scan.Hosts); !listed && n > 0 && scan.MinWorkers > n && !r.told("hosts") {
		r.bad["min_workers"] = true
		r.tell(r.at("min_workers"), "", "min_workers is more than the %d of hosts", n)
	}
	if scan.Attach {
		r.attachTogether(scan)
	}
	if scan.DeployFrom != "" && scan.Deploy == DeployNever {
		r.tell(r.at("deploy_from"), "with deploy: never the workers bring their own", "deploy_from can't go with deploy: never")
	}
}

func (r *reader) hostTogether(host Host, path string) {
	written := func(keys ...string) {
		for _, key := range keys {
			if _, ok := r.keys[path+"."+key]; !ok {
				continue
			}
			r.bad[path+"."+key] = true
			if host.File != "" {
				r.tell(r.keys[path+"."+key], "the hosts that it lists get the defaults", "%s.%s can't go with file", path, key)
			} else {
				r.tell(r.keys[path+"."+key], "it is this machine, without SSH", "local takes no %s", key)
			}
		}
	}
	port, ok := r.pos[path+".port"]
	switch {
	case host.File != "":
		written("host", "user", "port", "identity")
	case host.Host == Local:
		written("user", "port", "identity")
	case ok && host.Port == 0 && !r.told(path+".port"):
		r.bad[path+".port"] = true
		r.tell(port, "leave it out for the default", "%s.port is less than 1", path)
	case host.Host == "" && !r.told(path+".host") && !r.told(path+".file"):
		r.bad[path] = true
		r.tell(r.at(path), "give it host, or file", "%s names no host", path)
	}
}

func (r *reader) at(path string) diag.Pos { return at(r.pos, r.file, path) }

var looksSecret = regexp.MustCompile(`(?i)passw|passphrase|token|secret|credential|api_?key|access_?key|private_?key|_pass$|_pwd$`).MatchString

// warn tells of what may be meant, and yet be regretted.
func (r *reader) warn(scan *Scan) {
	if t := scan.Timeouts; t.Idle >= t.Run && t.Idle > 0 && !r.told("timeouts.idle") && !r.told("timeouts.run") {
		r.problems.Warnf(r.at("timeouts.idle"), "make it shorter, or leave it out",
			"timeouts.idle is not below timeouts.run, and ends nothing")
	}
	for _, key := range slices.Sorted(maps.Keys(scan.ScanEnv)) {
		path := "SCAN_ENV." + key
		if looksSecret(key) && !scan.ScanEnv[key].IsSecret() && !r.told(path) && !r.full() {
			r.problems.Warnf(r.keys[path], "have it from_env or from_file",
				"%s looks like a secret, and will stand in process lists on the workers", shown(path))
		}
	}
}
