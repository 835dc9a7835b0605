package worker

import (
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// publishEvery is how often a worker says how far it is.
const publishEvery = time.Second

// progress publishes a worker's counts in a hidden file.
type progress struct {
	log    func(format string, args ...any)
	work   *share.Dir
	ledger *result.Ledger
	mark   job.ProgressMark
	failed bool

	quit, done chan struct{}
}

// startProgress begins to publish, unless there is nobody to read it: a
// classic master knows of no such file.
func (c Config) startProgress(work *share.Dir, ledger *result.Ledger, lines int64) *progress {
	p := &progress{
		log: c.Log, work: work, ledger: ledger,
		mark: job.ProgressMark{Run: c.run(), Chunk: c.chunk(), Lines: lines},
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	if c.Job == nil {
		close(p.done)
		return p
	}
	go p.run()
	return p
}

func (p *progress) run() {
	defer close(p.done)
	tick := time.NewTicker(publishEvery)
	defer tick.Stop()
	for {
		p.publish()
		select {
		case <-tick.C:
		case <-p.quit:
			p.publish()
			return
		}
	}
}

// publish says how far the worker is. A failure is told once: it costs the
// display and no result.
func (p *progress) publish() {
	p.mark.Beat++
	p.mark.Done, p.mark.Counts = p.ledger.Lines(), p.ledger.Tally().Counts
	err := p.work.Publish(job.Progress, p.mark.Encode())
	if err != nil && !p.failed {
		p.log("how far it is can't be told: %v", err)
	}
	p.failed = err != nil
}

// stop publishes for the last time.
func (p *progress) stop() {
	close(p.quit)
	<-p.done
}
