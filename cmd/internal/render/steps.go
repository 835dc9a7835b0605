package render

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"scanmaster/runner"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// step adds one step: its number, its word, and what it does.
func (t *text) step(number int, step plan.Step) {
	details := t.details(step)
	label := fmt.Sprintf("%2d %s", number, step.Kind())
	for i, d := range details {
		if i == 0 {
			t.line(pad(label, stepColumn) + d)
			continue
		}
		t.more(d)
	}
	if s, ok := step.(plan.Launch); ok {
		t.launch(s)
	}
}

func (t *text) details(step plan.Step) []string {
	switch s := step.(type) {
	case plan.Pre:
		return []string{job.QuoteAll(append([]string{s.Hook.Path}, s.Args...)) + " in the caller's folder"}
	case plan.Check:
		return check(s)
	case plan.Probe:
		return probe(s)
	case plan.Clear:
		return moves(s)
	case plan.Agent:
		return []string{"the ssh-agent of whoever starts the scan, where there is one"}
	case plan.Stage:
		return t.stage(s)
	case plan.Split:
		return t.split(s)
	case plan.Launch:
		if s.Attach {
			return []string{"one after the other, each attached to this terminal until ^W d detaches it"}
		}
		return []string{"side by side"}
	case plan.Wait:
		return t.wait(s)
	case plan.Aggregate:
		return []string{t.shell(append([]string{s.Hook.Path}, s.Args...)), "in " + s.Dir}
	case plan.Merge:
		return []string{"built in: into " + s.Into}
	}
	return []string{"unknown to this version"}
}

func (t *text) wait(s plan.Wait) []string {
	lines := []string{fmt.Sprintf("%d × %s: fsnotify, poll each %s", s.Count, job.Done, duration(s.Poll))}
	if s.Count > 1 && !t.plan.Attaches() {
		lines = append(lines, "who is free takes the next chunk, and, where none waits, lines that a slower worker has not begun")
	}
	if find[plan.Split](t.plan).CanaryChunks > 0 {
		most := s.MaxFail
		if !most.Given {
			most = runner.CanaryLimit
		}
		lines = append(lines, fmt.Sprintf("the first chunks are fine unless over %v of their targets fail for one reason, or more than fail_on bears", most))
	}
	if s.MaxFail.Given {
		lines = append(lines, fmt.Sprintf("stops when over %v of the targets that were begun have failed for one reason (max_fail)", s.MaxFail))
	}
	if s.OnWorkerLost == spec.LostFail {
		return append(lines, "what a lost worker leaves is left (on_worker_lost: fail)")
	}
	return append(lines, fmt.Sprintf("what a lost worker leaves another goes on with, up to %s a chunk", count(int64(s.Retries), "time")))
}

func check(s plan.Check) []string {
	rows := make([][]string, len(s.Files))
	for i, f := range s.Files {
		rows[i] = []string{f.Path, lineCount(f), digest(f.SHA256), f.Key}
	}
	lines := table(rows)
	if s.Dynamic {
		lines = append(lines, "the pre hook may change these: what counts is what is there then")
	}
	if s.MaxDrift.Given {
		lines = append(lines, fmt.Sprintf("asks for --force where there are over %v fewer targets than in the last run (max_drift)", s.MaxDrift))
	}
	return lines
}

func lineCount(f plan.File) string {
	if f.SHA256 == "" {
		return ""
	}
	return count(f.Lines, "line")
}

// address says how a worker is reached.
func address(w plan.Worker) string {
	if w.Local {
		return "this machine, without SSH"
	}
	parts := []string{"ssh"}
	if w.Port != 0 {
		parts = append(parts, "-p", strconv.Itoa(w.Port))
	}
	if w.User != "" {
		parts = append(parts, "-l", job.Quote(w.User))
	}
	if w.Identity != "" {
		parts = append(parts, "-i", quotePath(w.Identity))
	}
	return strings.Join(append(parts, job.Quote(w.Host)), " ")
}

// quotePath leaves the tilde to the shell, as whoever wrote it has meant it.
func quotePath(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return "~/" + job.Quote(rest)
	}
	return job.Quote(path)
}

func moves(s plan.Clear) []string {
	if s.Keep == 0 {
		return []string{
			fmt.Sprintf("remove %s/*, and %s/%s*", s.Prefix, filepath.Join(s.Prefix, job.Old), job.OldRun),
			"other entries that begin with a dot stay",
		}
	}
	return []string{
		fmt.Sprintf("move %s/* → %s/%s*, keeps the latest %d of these", s.Prefix, filepath.Join(s.Prefix, job.Old), job.OldRun, s.Keep),
		"other entries that begin with a dot stay",
	}
}

func (t *text) stage(s plan.Stage) []string {
	rows := make([][]string, 0, len(s.Files)+1)
	for _, f := range s.Files {
		from := f.File.Path
		if from == "" {
			from = "the inputs, joined"
			if limit := find[plan.Split](t.plan).Limit; !limit.IsZero() {
				from = "the targets that are scanned"
			}
		}
		rows = append(rows, []string{from, "→ " + filepath.Base(f.To)})
	}
	rows = append(rows, []string{"the job file", "→ " + filepath.Base(t.plan.Layout.JobFile(1))})
	return append([]string{"into " + s.Dir}, table(rows)...)
}
