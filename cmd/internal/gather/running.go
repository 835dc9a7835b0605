package gather

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// Run is the last run of a scan, as it stands in the shared folder.
type Run struct {
	Layout job.Layout
	// Chunks are the names of its chunks. Hosts are the hosts of its live
	// workers: the chunk of the same number is that host's.
	Chunks, Hosts []string
}

// isMinute tells the folder of the chunks from others.
var isMinute = regexp.MustCompile(`^[0-9]{12}$`).MatchString

// LastRun reads what the last run of a scan has left below dir.
func LastRun(dir, name string) (Run, error) {
	base, err := share.Open(dir)
	if err != nil {
		return Run{}, fmt.Errorf("the shared folder: %w", err)
	}
	defer base.Close()
	prefix, err := base.Sub(job.ChunkedDir, name)
	if err != nil {
		return Run{}, fmt.Errorf("no scan of that name has run: %w", err)
	}
	defer prefix.Close()
	r := Run{Layout: job.Layout{Dir: dir, Name: name}}
	r.Layout.Run, err = last(prefix, func(entry string) (string, bool) {
		run, ok := strings.CutPrefix(entry, job.RunPrefix)
		return run, ok && job.CheckRun(run) == nil
	})
	if err != nil {
		return Run{}, err
	}
	return r, r.chunks(prefix)
}

// chunks reads who works on which chunk.
func (r *Run) chunks(prefix *share.Dir) error {
	inputs, err := prefix.Sub(job.Input)
	if err != nil {
		return fmt.Errorf("the run has no chunks yet: %w", err)
	}
	defer inputs.Close()
	r.Layout.Min, err = last(inputs, func(entry string) (string, bool) { return entry, isMinute(entry) })
	if err != nil {
		return err
	}
	folder, err := inputs.Sub(r.Layout.Min)
	if err != nil {
		return err
	}
	defer folder.Close()
	entries, err := folder.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			r.Chunks = append(r.Chunks, e.Name())
		}
	}
	live, err := prefix.ReadFile(job.LiveWorkers)
	r.Hosts = strings.Fields(string(live))
	return err
}

// errNoRun tells that a scan's folder holds no run of ours.
var errNoRun = errors.New("there is no run of that scan")

// last gives what is made of the last of a folder's entries that are wanted.
func last(dir *share.Dir, wanted func(entry string) (string, bool)) (string, error) {
	entries, err := dir.ReadDir()
	if err != nil {
		return "", err
	}
	found := ""
	for _, e := range entries { // sorted by name, and so by time
		if name, ok := wanted(e.Name()); ok {
			found = name
		}
	}
	if found == "" {
		return "", errNoRun
	}
	return found, nil
}

// ChunksOf gives the chunks that may be a host's: several where it stands more
// than once among the workers.
func (r Run) ChunksOf(host string) []string {
	var chunks []string
	for i, chunk := range r.Chunks {
		if i < len(r.Hosts) && r.Hosts[i] == host {
			chunks = append(chunks, chunk)
		}
	}
	return chunks
}
