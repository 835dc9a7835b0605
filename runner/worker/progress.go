package worker

import (
	"path/filepath"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// publishEvery is how often a worker says how far it is.
const publishEvery = time.Second

// progress publishes a worker's counts in a hidden file. A classic master
// looks for none.
type progress struct {
	quit chan struct{}
	done chan struct{}
}

func startProgress(c Config, work *share.Dir, ledger *result.Ledger, lines int64) *progress {
	p := &progress{quit: make(chan struct{}), done: make(chan struct{})}
	mark := job.ProgressMark{Run: c.run(), Chunk: filepath.Base(c.Args.ChunkFile), Lines: lines}
	publish := func() {
		mark.Beat++
		mark.Done, mark.Counts = ledger.Lines(), ledger.Tally().Counts
		if err := work.Publish(job.Progress, mark.Encode()); err != nil {
			c.Log("progress can't be published: %v", err)
		}
	}
	go func() {
		defer close(p.done)
		if c.Job == nil {
			return
		}
		tick := time.NewTicker(publishEvery)
		defer tick.Stop()
		for {
			publish()
			select {
			case <-tick.C:
			case <-p.quit:
				publish()
				return
			}
		}
	}()
	return p
}

// stop publishes for the last time.
func (p *progress) stop() {
	close(p.quit)
	<-p.done
}
