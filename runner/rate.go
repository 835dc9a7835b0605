package runner

import (
	"slices"

	"scanmaster/runner/journal"
)

// The ceiling of new connections is shared out evenly over as many workers as will
// work, and no more than these work at a time: so all together never exceed it,
// whoever is lost, taken over from, or split. All that work at a time have the same
// share, which is the current job file's.

// isFull tells that as many work as the ceiling is shared out over.
func (r *run) isFull() bool {
	share := r.job.content.Rate
	if share == nil {
		return false
	}
	working := 0
	for _, h := range r.crew {
		if h.chunk != nil {
			working++
		}
	}
	return working >= share.Workers
}

// reshare shares the ceiling out anew where this master has found nobody at work,
// and others can work than those that the last one knew. Who was found at work
// keeps its share, and so do all.
func (r *run) reshare() error {
	free := 0
	for _, h := range r.crew {
		if h.out == "" {
			free++
		}
	}
	share := r.job.content.Rate
	if share == nil || free == 0 || free == share.Workers || slices.ContainsFunc(r.crew, func(h *hand) bool { return h.chunk != nil }) {
		return nil
	}
	file, number := r.job.content, r.job.number+1
	file.Rate = share.Among(free)
	staged, err := r.writeJob(file, number)
	if err != nil {
		return err
	}
	if err := r.journal.Add(journal.Entry{Kind: journal.KindShared, Job: number}); err != nil {
		return err
	}
	r.job = jobFile{file, number, staged}
	return nil
}
