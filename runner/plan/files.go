package plan

import (
	"fmt"
	"path/filepath"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// RoleKnownHosts is the file of the workers' host keys. It is not staged.
const RoleKnownHosts job.Role = "known_hosts"

// defaultKnownHosts is OpenSSH's own (ssh(1), FILES).
const defaultKnownHosts = "~/.ssh/known_hosts"

// ScanFileKey stands for the scan file itself where a File names its key.
const ScanFileKey = "scan file"

// gatherFiles puts together what the scan says of its files and what was
// found of them.
func (c *compiler) gatherFiles() {
	s := c.scan
	for i, base := range s.Bases() {
		c.bases = append(c.bases, c.file(job.RoleBase, fmt.Sprintf("base[%d]", i), base.Path))
	}
	c.workers = workersOf(c.facts.Hosts)
	c.pre = c.hook(job.RolePre, "hooks.pre", s.Hooks.Pre)
	c.postChunk = c.hook(job.RolePostChunk, "hooks.post_chunk", s.Hooks.PostChunk)
	c.aggregator = c.hook(job.RoleAggregate, "hooks.aggregate", s.Hooks.Aggregate)
	c.script = c.file(job.RoleRemote, "remote.script", s.Remote.Script)
	c.inputs = c.list(job.RoleInput, "input", s.Input)
	c.exclude = c.list(job.RoleExclude, "exclude", s.Exclude)
	for i, h := range s.Hosts {
		if h.File != "" {
			key := fmt.Sprintf("hosts[%d].file", i)
			c.hostFiles = append(c.hostFiles, c.file(job.RoleHosts, key, h.File))
		}
	}
	if s.KnownHosts != "" {
		f := c.file(RoleKnownHosts, "known_hosts", s.KnownHosts)
		c.knownHosts = &f
	}
}

// allFiles gives every file of the scan, in the order of their use.
func (c *compiler) allFiles() []File {
	scan := c.facts.Scan
	files := []File{{
		Role: job.RoleScan, Key: ScanFileKey, Path: filepath.Base(c.scan.File()),
		SHA256: scan.SHA256, Size: scan.Size, Lines: scan.Lines, Text: string(c.scan.Inline()),
	}}
	files = append(files, c.bases...)
	if c.pre != nil {
		files = append(files, *c.pre)
	}
	files = append(files, c.script)
	files = append(files, c.inputs...)
	files = append(files, c.exclude...)
	files = append(files, c.hostFiles...)
	if c.knownHosts != nil && c.remote() > 0 {
		files = append(files, *c.knownHosts)
	}
	for _, hook := range []*File{c.postChunk, c.aggregator} {
		if hook != nil {
			files = append(files, *hook)
		}
	}
	return files
}

// trustedFile is the file of the workers' host keys; empty where none is
// given and all workers are on this machine.
func (c *compiler) trustedFile() string {
	switch {
	case c.knownHosts != nil:
		return c.knownHosts.Path
	case c.remote() > 0:
		return defaultKnownHosts
	}
	return ""
}

func (c *compiler) hook(role job.Role, key, path string) *File {
	if path == "" {
		return nil
	}
	f := c.file(role, key, path)
	return &f
}

func (c *compiler) list(role job.Role, key string, paths spec.Paths) []File {
	files := make([]File, 0, len(paths))
	for i, path := range paths {
		files = append(files, c.file(role, fmt.Sprintf("%s[%d]", key, i), path))
	}
	return files
}

func (c *compiler) file(role job.Role, key, path string) File {
	found := c.facts.Files[path]
	return File{Role: role, Key: key, Path: path, SHA256: found.SHA256, Size: found.Size, Lines: found.Lines}
}
