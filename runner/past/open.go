package past

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// Chunk is a part of a run's list, which one worker has done, or several one after
// the other.
type Chunk struct {
	Name string
	// First is the number of its first target in the list that was dealt out, from 1,
	// and Lines how many it has.
	First, Lines int64
	// Worker was started on it last; empty where nobody was, or it isn't known.
	Worker string
	// Folder is where that one has left its results, WMIN.CHUNK below the run's Path;
	// empty where there is none, or none any more.
	Folder string
	// Done tells that its worker has finished it; Lost says why the worker is gone.
	Done bool
	Lost string

	// classic tells that there may be no record.
	classic bool
}

// open opens a run that was found.
func open(dir, name string, ref Ref) (_ *Run, err error) {
	r := &Run{Ref: ref, Name: name}
	if r.dir, err = folder(dir, name, ref.Old); err != nil {
		return nil, err
	}
	r.files = &files{dir: r.dir}
	if ref.Classic {
		err = r.readClassic()
	} else {
		err = r.readOurs()
	}
	if err == nil {
		err = r.findFolders()
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// readOurs reads what a master of ours has written down.
func (r *Run) readOurs() error {
	if err := r.readHidden(); err != nil {
		return err
	}
	s := &r.State
	r.Began, r.Ended, r.Targets, r.Excluded = s.Began, s.Ended, s.Targets, s.Excluded
	for _, c := range s.Chunks {
		r.Chunks = append(r.Chunks, Chunk{
			Name: c.Name, First: c.First, Lines: c.End, Worker: c.Worker, Folder: c.Folder,
			Done: c.Done, Lost: c.Lost, classic: c.Classic,
		})
	}
	if r.Plan != nil {
		r.minute = r.Plan.Layout.Min
		return nil
	}
	var err error
	r.minute, err = LatestMinute(r.dir)
	return err
}

// readHidden reads what stands in the run's hidden folder. What isn't there, or
// can't be read, is noted: results may be there all the same.
func (r *Run) readHidden() (err error) {
	if r.hidden, err = r.dir.Sub(job.RunPrefix + r.ID); err != nil {
		return err
	}
	data, err := r.hidden.ReadFile(job.Plan)
	if err == nil {
		p := new(plan.Plan)
		if err = json.Unmarshal(data, p); err == nil {
			r.Plan = p
		}
	}
	if err != nil {
		r.note("%s: what the run carries out isn't known: %v", r.hidden.Path(job.Plan), err)
	}
	if r.State, err = journal.Read(r.hidden); err != nil {
		r.note("%s: how far the run is isn't known: %v", r.hidden.Path(journal.Name), err)
	}
	return nil
}

// readClassic reads what a classic master has left, which writes nothing down. The
// workers of its list were started in the order of the chunks.
func (r *Run) readClassic() error {
	r.minute = r.ID
	r.Began, r.Ended = changed(r.dir, job.Started), changed(r.dir, job.Ended)
	input, err := r.dir.Sub(job.Input, r.minute)
	if err != nil {
		return err
	}
	defer input.Close()
	names, err := input.Names()
	if err != nil {
		return err
	}
	list, _ := r.dir.ReadFile(job.LiveWorkers) // without it nobody is named
	workers := strings.Fields(string(list))
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, ".") })
	for i, name := range names {
		c := Chunk{Name: name, First: r.Targets + 1, classic: true}
		if c.Lines, err = countLines(input, name); err != nil {
			return err
		}
		if i < len(workers) {
			c.Worker = workers[i]
		}
		r.Targets += c.Lines
		r.Chunks = append(r.Chunks, c)
	}
	return nil
}

func countLines(dir *share.Dir, name string) (int64, error) {
	file, err := dir.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return chunk.NewReader(file).CountAll()
}

// findFolders finds where each chunk's results are.
func (r *Run) findFolders() error {
	names, err := r.dir.Names()
	if err != nil {
		return err
	}
	of := make(map[string][]string)
	for _, name := range names {
		if chunk, ok := job.ChunkOf(name); ok {
			of[chunk] = append(of[chunk], name)
		}
	}
	for i := range r.Chunks {
		c := &r.Chunks[i]
		c.Folder = r.folderOf(of[c.Name], c.Folder)
		if r.Classic && c.Folder != "" {
			c.Done = r.has(c.Folder, job.Done)
		}
	}
	return nil
}

// folderOf picks the folder of a chunk's results: the one that its .done file was
// seen in, and else the last. Anybody can copy such a file: where there is no record,
// one that holds one counts.
func (r *Run) folderOf(folders []string, said string) string {
	if len(folders) == 0 {
		return ""
	}
	best := folders[len(folders)-1]
	if slices.Contains(folders, said) {
		best = said
	}
	if len(folders) == 1 || r.has(best, job.Record) {
		return best
	}
	for _, folder := range slices.Backward(folders) {
		if r.has(folder, job.Record) {
			return folder
		}
	}
	return best
}

// has tells whether there is a file in a folder of the run.
func (r *Run) has(folder, name string) bool {
	dir, err := r.dir.Sub(folder)
	if err != nil {
		return false
	}
	defer dir.Close()
	_, err = dir.Lstat(name)
	return err == nil
}

// list opens the list of a chunk's targets: the chunk itself, under the name that it
// has until it is in its place, or the copy that its worker has left.
func (r *Run) list(c *Chunk) (io.ReadCloser, error) {
	places := [][]string{{job.Input, r.minute, c.Name}, {job.Input, r.minute, job.Cut + c.Name}}
	if c.Folder != "" {
		places = append(places, []string{c.Folder, job.Output, job.Input})
	}
	var first error
	for _, path := range places {
		file, err := openBelow(r.dir, path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// openBelow opens a file at a path below a folder.
func openBelow(dir *share.Dir, path []string) (*os.File, error) {
	last := len(path) - 1
	if last > 0 {
		sub, err := dir.Sub(path[:last]...)
		if err != nil {
			return nil, err
		}
		defer sub.Close()
		dir = sub
	}
	return dir.OpenFile(path[last], os.O_RDONLY)
}
