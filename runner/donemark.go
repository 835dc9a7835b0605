package runner

import (
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// found is a .done file of ours.
type found struct {
	chunk  *chunkRun
	folder string
	mark   job.DoneMark
}

// doneMark reads a .done file and says whose it is. One of another run, of no
// chunk of ours, or not yet whole is none.
func (r *run) doneMark(folder string) (found, bool) {
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
	if c.classic {
		// The folder was empty before this run, and that is all there is to
		// know whose it is.
		return found{chunk: c, folder: folder, mark: job.DoneMark{Chunk: name}}, true
	}
	if !ok || mark.Run != r.plan.Layout.Run || mark.Chunk != name || !result.IsTally(mark.Counts) {
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

// lookForDone looks for the .done file of a chunk.
func (r *run) lookForDone(chunk string) (found, bool) {
	folders, err := r.folders()
	if err != nil {
		return found{}, false
	}
	return r.doneMark(folders[chunk])
}

// judgePost tells of a post-chunk hook that failed.
func (r *run) judgePost(worker string, mark job.DoneMark) {
	if mark.PostChunk != 0 {
		r.hookFailed(HookFailed{
			Hook: "post_chunk", Where: worker,
			Reason: mark.HookFailure(), Tail: mark.PostChunkTail,
		})
	}
}
