// Package journal is what a master writes down while it carries out a run, so
// that another one can go on where it stopped: which chunks there are, who was
// started on which, and what is done.
package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"scanmaster/runner/share"
)

// Name is the journal's name in the run's hidden folder.
const Name = "journal"

// Kind tells entries apart.
type Kind string

// The kinds.
const (
	// KindMaster: a master has begun the run, or taken it up; By names it.
	KindMaster Kind = "master"
	// KindChunk: there is a chunk of Lines targets, with SHA256 as its digest;
	// Canary tells that it is one of those that come first.
	KindChunk Kind = "chunk"
	// KindDealt: all chunks that the split makes are there; they hold Targets,
	// without Excluded.
	KindDealt Kind = "dealt"
	// KindStarted: Worker is started on Chunk; of a worker on the master's own
	// machine, Place tells which that is; of one on a host that doesn't see the
	// shared folder, Apart is its own there; Classic tells that it is one of the
	// classic suite. It is written before, so that nobody works of whom nothing is
	// written.
	KindStarted Kind = "started"
	// KindFetched: all that Worker has left of Chunk on its host, in Apart, is here.
	KindFetched Kind = "fetched"
	// KindDone: Chunk is done; Folder is its worker's below PREFIX.
	KindDone Kind = "done"
	// KindLost: the worker of Chunk is gone, or was given up, for a Reason.
	KindLost Kind = "lost"
	// KindShrunk: Chunk ends after Lines targets, and its file has SHA256 as its
	// digest; what stood behind is in the chunks of Into, which the job file
	// number Job knows. It is one entry, lest a crash lose or double a line.
	KindShrunk Kind = "shrunk"
	// KindShared: the ceiling of new connections is shared out anew, as the job file
	// number Job says it.
	KindShared Kind = "shared"
	// KindGuarded: a guard has stopped the run, for a Reason, with a Verdict.
	KindGuarded Kind = "guarded"
	// KindStep: the step called Step is done.
	KindStep Kind = "step"
	// KindReopened: the run was over, and goes on all the same.
	KindReopened Kind = "reopened"
	// KindFinished: the run is over, with a Verdict.
	KindFinished Kind = "finished"
)

// Entry is one line of the journal. Which fields are filled in, Kind says.
type Entry struct {
	Kind     Kind      `json:"kind"`
	At       time.Time `json:"at"`
	By       string    `json:"by,omitempty"`
	Chunk    string    `json:"chunk,omitempty"`
	Lines    int64     `json:"lines,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`
	Targets  int64     `json:"targets,omitempty"`
	Excluded int64     `json:"excluded,omitempty"`
	Into     []Piece   `json:"into,omitempty"`
	Job      int       `json:"job,omitempty"`
	Worker   string    `json:"worker,omitempty"`
	Place    string    `json:"place,omitempty"`
	Apart    string    `json:"apart,omitempty"`
	Classic  bool      `json:"classic,omitempty"`
	Canary   bool      `json:"canary,omitempty"`
	Folder   string    `json:"folder,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Step     string    `json:"step,omitempty"`
	// Summary is what the run amounts to after a step, from when all chunks are
	// accounted for.
	Summary json.RawMessage `json:"summary,omitempty"`
	Verdict string          `json:"verdict,omitempty"`
}

// Piece is a chunk that was made of the lines of another.
type Piece struct {
	Chunk  string `json:"chunk"`
	Lines  int64  `json:"lines"`
	SHA256 string `json:"sha256"`
}

// Journal is a journal that is being written. There is one writer at a time:
// whoever owns the run. It is safe for concurrent use. Whoever opened it
// closes it.
type Journal struct {
	now  func() time.Time
	mine func() error

	// behind are those that see to it that notes get to the disk.
	behind sync.WaitGroup
	file   *os.File

	mu  sync.Mutex
	err error // the first failure: nothing may follow half an entry
}

// Open opens the journal in a run's hidden folder, which is made where there is
// none yet, and gives what it amounts to so far. An entry at its end that is
// not whole, as a crash leaves it, is cut off. Before each entry mine is asked
// whether the run is still the writer's: one that was taken for dead writes
// nothing more, and would only add at the end.
func Open(dir *share.Dir, now func() time.Time, mine func() error) (*Journal, State, error) {
	file, err := dir.OpenFile(Name, os.O_RDWR|os.O_APPEND)
	if errors.Is(err, fs.ErrNotExist) {
		if file, err = dir.Create(Name); err == nil {
			err = file.Close()
		}
		if err == nil {
			file, err = dir.OpenFile(Name, os.O_RDWR|os.O_APPEND)
		}
	}
	if err != nil {
		return nil, State{}, err
	}
	state, whole, err := replay(file)
	if err == nil {
		err = file.Truncate(whole)
	}
	if err != nil {
		return nil, State{}, errors.Join(fmt.Errorf("%s: %w", dir.Path(Name), err), file.Close())
	}
	return &Journal{now: now, mine: mine, file: file}, state, nil
}

// Read gives what the journal in a run's hidden folder amounts to, and changes
// nothing. The error is fs.ErrNotExist where there is none.
func Read(dir *share.Dir) (State, error) {
	file, err := dir.OpenFile(Name, os.O_RDONLY)
	if err != nil {
		return State{}, err
	}
	defer file.Close()
	state, _, err := replay(file)
	if err != nil {
		return State{}, fmt.Errorf("%s: %w", dir.Path(Name), err)
	}
	return state, nil
}

// Add writes entries, with the time, and returns when they are on the disk, and
// all before them.
func (j *Journal) Add(all ...Entry) error {
	if err := j.write(all); err != nil {
		return err
	}
	return j.sync()
}

// Note writes an entry as Add does, but doesn't wait for the disk. It is for
// what the next master would find out by itself. Where it doesn't get to the
// disk, a later entry has the error.
func (j *Journal) Note(e Entry) error {
	if err := j.write([]Entry{e}); err != nil {
		return err
	}
	// At once all the same: a host that loses a share for a while must not write
	// this over another master's entries when it has it again.
	j.behind.Go(func() { _ = j.sync() })
	return nil
}

// write writes entries in one piece, after which nothing follows should it fail.
func (j *Journal) write(all []Entry) error {
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	lines.SetEscapeHTML(false)
	for _, e := range all {
		e.At = j.now()
		if err := lines.Encode(e); err != nil {
			return err
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		j.err = j.mine()
	}
	if j.err == nil {
		_, err := j.file.Write(text.Bytes())
		j.fail(err)
	}
	return j.err
}

// sync returns when what was written is on the disk. Several may wait at a time.
func (j *Journal) sync() error {
	err := j.file.Sync()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fail(err)
	return j.err
}

// fail remembers the first failure; whoever calls it has locked mu.
func (j *Journal) fail(err error) {
	if err != nil && j.err == nil {
		j.err = fmt.Errorf("the journal: %w", err)
	}
}

// Close closes the file, once what was noted is on the disk.
func (j *Journal) Close() error {
	j.behind.Wait()
	return j.file.Close()
}

// Entries gives all that is whole in the journal in a run's hidden folder, in the
// order in which it was written. The error is fs.ErrNotExist where there is none.
func Entries(dir *share.Dir) ([]Entry, error) {
	data, err := dir.ReadFile(Name)
	if err != nil {
		return nil, err
	}
	var all []Entry
	_, err = each(data, func(e Entry) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir.Path(Name), err)
	}
	return all, nil
}

// replay reads a journal, and tells how many bytes of it are whole.
func replay(r io.Reader) (state State, whole int64, err error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return State{}, 0, err
	}
	if whole, err = each(data, state.add); err != nil {
		return State{}, 0, err
	}
	return state, whole, nil
}

// each hands over the entries of a journal, and tells how many bytes of it are
// whole.
func each(data []byte, add func(Entry) error) (whole int64, err error) {
	for number := 1; ; number++ {
		line, rest, found := bytes.Cut(data, []byte("\n"))
		if !found {
			return whole, nil // nothing, or torn
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return 0, fmt.Errorf("line %d: %w", number, err)
		}
		if err := add(e); err != nil {
			return 0, fmt.Errorf("line %d: %w", number, err)
		}
		whole += int64(len(line)) + 1
		data = rest
	}
}
