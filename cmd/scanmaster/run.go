package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/gather"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/open"
)

// runFlags are the flags of verbs that take a run by its scan's name.
func runFlags(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "dir", spec.DefaultDir, "the shared folder, where a name is given")
	complete(cmd, "dir", folders)
}

// lastRun finds the last run of a scan that is named, or whose scan file is.
func (a *app) lastRun(scan, dir string) (gather.Run, error) {
	name, dir, err := a.scanCalled(scan, dir)
	if err != nil {
		return gather.Run{}, err
	}
	run, err := gather.LastRun(dir, name)
	if err != nil {
		return gather.Run{}, fmt.Errorf("%s: %w", name, err)
	}
	return run, a.needHome(run.Plan.HomePaths()...)
}

// lastPlan finds the plan of the last run of a scan that is named, or whose scan
// file is, whatever else has become of that run.
func (a *app) lastPlan(scan, dir string) (plan.Plan, error) {
	name, dir, err := a.scanCalled(scan, dir)
	if err != nil {
		return plan.Plan{}, err
	}
	p, err := gather.LastPlan(dir, name)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, a.needHome(p.HomePaths()...)
}

// needHome refuses paths that start from home where nobody knows it.
func (a *app) needHome(paths ...string) error {
	i := slices.IndexFunc(paths, plan.FromHome)
	if i < 0 || filepath.IsAbs(a.getenv("HOME")) {
		return nil
	}
	return fmt.Errorf(plan.HomeProblem+"; set HOME", paths[i])
}

// scanCalled gives the name and the shared folder of a scan that is named, or
// whose scan file is.
func (a *app) scanCalled(scan, dir string) (name, shared string, err error) {
	return a.scanCalledBy(open.Anywhere, scan, dir)
}

// scanCalledBy is scanCalled that reads a scan file by an opener.
func (a *app) scanCalledBy(files open.Opener, scan, dir string) (name, shared string, err error) {
	if isName(scan, dir) {
		return scan, dir, nil
	}
	loaded, problems := spec.LoadFrom(files, scan)
	if err := a.show(loaded, problems); isInvalid(err) {
		return "", "", &exitError{status: exitUsage}
	} else if err != nil {
		return "", "", err
	}
	if err := a.needHome(loaded.Dir); err != nil {
		return "", "", err
	}
	shared, err = a.sharedFolder(loaded)
	return loaded.Name, shared, err
}

// words are those of a command line that name a scan: its file, or where that
// doesn't know its name or its folder, these.
func (a *app) words(scan *spec.Scan) (string, error) {
	if !scan.IsSet("name") && !scan.IsSet("dir") {
		return job.Quote(scan.File()), nil
	}
	dir, err := a.sharedFolder(scan)
	return job.QuoteAll([]string{"--dir", dir, scan.Name}), err
}

// sharedFolder is the folder of all output of a scan.
func (a *app) sharedFolder(scan *spec.Scan) (string, error) {
	base, err := filepath.Abs(filepath.Dir(scan.File()))
	return plan.Resolve(base, a.getenv("HOME"), scan.Dir), err
}

// isName tells a scan's name from the path of its file. A list of targets, or a
// folder, may well be called as the scan is.
func isName(scan, dir string) bool {
	if job.CheckName(scan) != nil {
		return false
	}
	if info, err := os.Stat(scan); err != nil || !info.Mode().IsRegular() {
		return true
	}
	if slices.Contains(scanFile, strings.TrimPrefix(filepath.Ext(scan), ".")) {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, job.ChunkedDir, scan))
	return err == nil
}

// scanWords are the words of a command line that name the same scan again.
func scanWords(scan, dir string) string {
	if dir == spec.DefaultDir {
		return job.Quote(scan)
	}
	return job.Quote(scan) + " --dir " + job.Quote(dir)
}

// oneScan wants a scan's name or its file.
func oneScan(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return misuse(cmd, "", "name a scan, or its file")
	case 1:
		return nil
	}
	return misuse(cmd, "", "%q is one argument too many", args[1])
}
