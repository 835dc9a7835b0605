package runner

import (
	"errors"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// clear moves what an earlier scan left out of the way and begins the new
// folder.
func (r *run) clear(s plan.Clear) (string, error) {
	c := &clearing{prefix: r.prefix, run: r.plan.Layout.Run, unfinished: r.unfinished != ""}
	detail, err := c.makeWay(s)
	if err != nil {
		return "", err
	}
	if r.folder, err = c.begin(r.cfg.Now()); err != nil {
		return "", err
	}
	_, err = r.openJournal()
	return detail, err
}

// begin makes the run's hidden folder, and leaves the time stamp that
// aggregators look for what is newer than. The folder comes first, since it
// says whose the rest is.
func (c *clearing) begin(now time.Time) (folder *share.Dir, err error) {
	err = c.change("make the run's folder", func() error {
		folder, err = c.prefix.Make(job.RunPrefix + c.run)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = c.change("write "+job.Started, func() error {
		return c.prefix.WriteFile(job.Started, []byte(job.DateLine(now)))
	})
	if err == nil {
		err = c.age(job.Started)
	}
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return folder, nil
}

// age makes a file a little older. Some shares keep whole seconds: what a quick
// worker writes must still be newer. It is the share's clock that counts, which
// the others' times are of, and not this host's.
func (c *clearing) age(name string) error {
	info, err := c.prefix.Lstat(name)
	if err != nil {
		return err
	}
	return c.prefix.Chtimes(name, info.ModTime().Truncate(time.Second).Add(-time.Second))
}

// openJournal begins to write down what happens, or goes on with it, and gives
// what was written before.
func (r *run) openJournal() (journal.State, error) {
	written, state, err := journal.Open(r.folder, r.cfg.Now, r.mine)
	if err != nil {
		return state, err
	}
	r.journal = written
	return state, written.Add(journal.Entry{Kind: journal.KindMaster, By: r.self.String()})
}
