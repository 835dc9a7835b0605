package spec

import (
	"fmt"
	"path/filepath"
)

// rebase makes the relative paths of bases, which start from the folder of the
// file that they stand in, start from that of the scan file as all others do.
func (s *Scan) rebase() {
	if len(s.bases) == 0 {
		return
	}
	folders := make(map[string]string, len(s.bases))
	for _, base := range s.bases {
		folders[base.File] = filepath.Dir(base.Path)
	}
	rebased := func(key string, path *string) {
		folder, ok := folders[s.At(key).File]
		if !ok || folder == "." || *path == "" || filepath.IsAbs(*path) || FromHome(*path) {
			return
		}
		*path = filepath.Join(folder, *path)
	}
	s.paths(rebased)
	for at, env := range map[string]Env{"SCAN_ENV": s.ScanEnv, "remote.env": s.Remote.Env} {
		for name, value := range env {
			rebased(at+"."+name+".from_file", &value.FromFile)
			env[name] = value
		}
	}
}

// paths shows each value that is a path on the master, with its key, but for those of
// environments.
func (s *Scan) paths(see func(key string, path *string)) {
	for _, list := range []struct {
		key   string
		paths Paths
	}{{"input", s.Input}, {"exclude", s.Exclude}} {
		for i := range list.paths {
			see(fmt.Sprintf("%s[%d]", list.key, i), &list.paths[i])
		}
	}
	for i := range s.Hosts {
		see(fmt.Sprintf("hosts[%d].identity", i), &s.Hosts[i].Identity)
		see(fmt.Sprintf("hosts[%d].file", i), &s.Hosts[i].File)
	}
	see("remote.script", &s.Remote.Script)
	see("known_hosts", &s.KnownHosts)
	see("dir", &s.Dir)
	see("deploy_from", &s.DeployFrom)
	see("hooks.pre", &s.Hooks.Pre)
	see("hooks.post_chunk", &s.Hooks.PostChunk)
	see("hooks.aggregate", &s.Hooks.Aggregate)
}
