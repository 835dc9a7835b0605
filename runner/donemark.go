package runner

import (
	"scanmaster/runner/job"
)

// found is a .done file of ours.
type found struct {
	chunk  *chunkRun
	folder string
	mark   job.DoneMark
}

// doneMark reads a .done file and says whose it is. One of another run, of no
// chunk of ours, or that its worker's record doesn't bear out is none.
func (r *run) doneMark(folder string) (found, bool) { return r.readDone(folder, true) }

// readDone takes a worker at its word where it isn't to be held against the
// record.
func (r *run) readDone(folder string, held bool) (found, bool) {
	name, ok := job.ChunkOf(folder)
	if !ok {
		return found{}, false
	}
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return found{}, false
	}
	defer dir.Close()
	data, err := dir.ReadFile(job.Done)
	if err != nil {
		return found{}, false
	}
	c := r.chunkNamed(name)
	if c == nil {
		return found{}, false
	}
	mark, ok := job.ParseDone(data)
	if c.classic.Load() {
		// The folder was empty before this run, and that is all there is to
		// know whose it is.
		return found{chunk: c, folder: folder, mark: job.DoneMark{Chunk: name}}, true
	}
	if !ok || !r.fits(c, dir, mark) {
		return found{}, false
	}
	holds := func() bool {
		audited, ok := r.holds(dir, mark)
		if ok {
			r.audits.keep(folder, audited)
		}
		return ok
	}
	if held && !r.doubts.check(folder, string(data), r.cfg.Now, holds) {
		return found{}, false
	}
	return found{chunk: c, folder: folder, mark: mark}, true
}

func (r *run) chunkNamed(name string) *chunkRun {
	r.listing.Lock()
	defer r.listing.Unlock()
	for _, c := range r.chunks {
		if c.name == name {
			return c
		}
	}
	return nil
}

// isClassic tells that a chunk's worker is one of the classic suite.
func (r *run) isClassic(chunk string) bool {
	c := r.chunkNamed(chunk)
	return c != nil && c.classic.Load()
}

// lookForDone looks for the .done file of a chunk; see readDone.
func (r *run) lookForDone(chunk string, held bool) (found, bool) {
	folders, err := r.folders()
	if err != nil {
		return found{}, false
	}
	return r.readDone(folders[chunk], held)
}

// judgePost tells of a post-chunk hook that failed.
func (r *run) judgePost(worker string, mark job.DoneMark) {
	if mark.PostChunk != 0 {
		r.hookFailed(HookFailed{
			Hook: "post_chunk", Where: worker, Chunk: mark.Chunk,
			Reason: mark.HookFailure(), Tail: mark.PostChunkTail,
		})
	}
}
