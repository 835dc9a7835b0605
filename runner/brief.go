package runner

import (
	"path/filepath"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
)

// brief is all that a station needs to start a worker.
type brief struct {
	chunk   string
	number  int // of the start
	command plan.Command
	// layout is where the run's files are there. Where that is not the shared
	// folder, jobName and jobText are the job file that speaks of it.
	layout  job.Layout
	jobName string
	jobText []byte
	// secrets are handed to the worker alone; nil where there are none.
	secrets []byte
}

// brief puts together what a worker is told.
func (r *run) brief(t task) (brief, error) {
	b := brief{chunk: t.chunk, number: t.number, layout: t.hand.at.layout(r.plan.Layout, t)}
	launch := launchOf(r.plan).At(b.layout)
	launch.Bin = t.hand.at.bin(launch)
	staged := t.job.staged
	if r.isElsewhere(b.layout) {
		file := t.job.content.At(b.layout)
		// Nobody but its master can know what it has done, whatever
		// on_master_lost says: a worker that goes on by itself could not be told
		// from one that is gone.
		file.MasterLease = r.plan.Lease
		data, digest, err := file.Encode()
		if err != nil {
			return b, err
		}
		staged = job.Staged{Path: b.layout.JobFile(t.job.number), SHA256: digest}
		b.jobName, b.jobText = filepath.Base(staged.Path), data
	}
	secrets, err := r.handed()
	if err != nil {
		return b, err
	}
	b.secrets = secrets
	b.command = launch.Command(b.layout, t.hand.worker, t.chunk, staged)
	if t.hand.isClassic() {
		b.command = launch.Classic(b.layout, t.chunk, t.lines)
	}
	return b, nil
}

// isElsewhere tells that a layout is not that of the shared folder.
func (r *run) isElsewhere(l job.Layout) bool { return l.Dir != r.plan.Layout.Dir }

// startEntry is what is written down before a worker is started.
func (r *run) startEntry(t task, b brief) journal.Entry {
	e := journal.Entry{Kind: journal.KindStarted, Chunk: t.chunk, Worker: t.hand.worker.Name, Classic: t.hand.isClassic()}
	if t.hand.worker.Local {
		e.Place = place(r.self)
	}
	if r.isElsewhere(b.layout) {
		e.Apart = b.layout.Dir
	}
	return e
}
