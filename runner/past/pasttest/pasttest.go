// Package pasttest makes what runs leave in the shared folder, for tests of what
// reads that: by the very code that masters and workers write it with.
package pasttest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// When the list of each run is dealt out, and when its workers begin.
const (
	Minute     = "202601021504"
	WorkMinute = "202601021505"
)

// Scan is the folder of a scan below a shared folder of its own.
type Scan struct {
	// Dir is the shared folder, Name the scan's.
	Dir, Name string

	t testing.TB
}

// New makes the folder of a scan that has no run.
func New(t testing.TB, name string) *Scan {
	t.Helper()
	s := &Scan{Dir: t.TempDir(), Name: name, t: t}
	s.check(os.MkdirAll(s.Path(), 0o700))
	return s
}

// Opened is what was opened without an error, and is closed at the test's end.
func Opened[C io.Closer](t testing.TB, c C, err error) C {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Path is the path of something in the scan's folder.
func (s *Scan) Path(elems ...string) string {
	return filepath.Join(append([]string{s.Dir, job.ChunkedDir, s.Name}, elems...)...)
}

// Chunk is one chunk of a run.
type Chunk struct {
	// Name of the chunk, and of the worker that has it.
	Name, Worker string
	// List holds its targets, a line each.
	List string
	// Came gives what came of a target, and what the script wrote; false where the
	// target has no outcome. Line and Host are filled in where they are not. Where it
	// is nil, no worker has begun.
	Came func(t chunk.Target) (o result.Outcome, output io.Reader, ok bool)
	// Classic tells that its worker keeps no record.
	Classic bool
	// Unfinished tells that the worker is still at it.
	Unfinished bool
}

// Folder is where the worker of a chunk leaves its results, below the scan's.
func Folder(chunk string) string { return WorkMinute + "." + chunk }

// Out is the folder of its classic files.
func Out(chunk string) string {
	return filepath.Join(Folder(chunk), job.Output, WorkMinute, job.SubChunk)
}

// Run leaves what a run does: it is over where all chunks are finished.
func (s *Scan) Run(run string, chunks ...Chunk) {
	s.t.Helper()
	s.checkID(run)
	prefix, err := share.Open(s.Path())
	s.check(err)
	defer prefix.Close()
	hidden, err := prefix.Make(job.RunPrefix + run)
	s.check(err)
	defer hidden.Close()
	s.plan(hidden, run)
	now := began(run)
	log, _, err := journal.Open(hidden, func() time.Time { now = now.Add(time.Second); return now }, func() error { return nil })
	s.check(err)
	s.check(log.Add(journal.Entry{Kind: journal.KindMaster, By: "test"}))
	s.check(errors.Join(log.Add(s.deal(prefix, chunks)...), prefix.WriteFile(job.Started, []byte(job.DateLine(began(run))))))
	over := len(chunks) > 0
	for _, c := range chunks {
		if c.Came == nil {
			over = false
			continue
		}
		s.check(log.Add(journal.Entry{Kind: journal.KindStarted, Chunk: c.Name, Worker: c.Worker, Classic: c.Classic}))
		s.work(prefix, run, c)
		if c.Unfinished {
			over = false
			continue
		}
		s.check(log.Add(journal.Entry{Kind: journal.KindDone, Chunk: c.Name, Folder: Folder(c.Name)}))
	}
	if over {
		s.check(log.Add(journal.Entry{Kind: journal.KindFinished, Verdict: "complete"}))
	}
	s.check(log.Close())
}

func (s *Scan) plan(hidden *share.Dir, run string) {
	s.t.Helper()
	p := plan.Plan{Version: 1, Layout: job.Layout{Dir: s.Dir, Name: s.Name, Run: run, Min: Minute}}
	data, err := json.Marshal(p)
	s.check(err)
	s.check(hidden.WriteFile(job.Plan, data))
}

// deal leaves the chunks' lists, and gives what the journal says of them.
func (s *Scan) deal(prefix *share.Dir, chunks []Chunk) []journal.Entry {
	s.t.Helper()
	input, err := prefix.Make(job.Input, Minute)
	s.check(err)
	defer input.Close()
	var entries []journal.Entry
	dealt := journal.Entry{Kind: journal.KindDealt}
	for _, c := range chunks {
		s.check(input.WriteFile(c.Name, []byte(c.List)))
		lines, err := chunk.NewReader(strings.NewReader(c.List)).CountAll()
		s.check(err)
		entries = append(entries, journal.Entry{Kind: journal.KindChunk, Chunk: c.Name, Lines: lines})
		dealt.Targets += lines
	}
	return append(entries, dealt)
}

// work leaves what the worker of a chunk does.
func (s *Scan) work(prefix *share.Dir, run string, c Chunk) {
	s.t.Helper()
	work, err := prefix.Make(Folder(c.Name))
	s.check(err)
	defer work.Close()
	out, err := work.Make(job.Output, WorkMinute, job.SubChunk)
	s.check(err)
	defer out.Close()
	kept := keeper(result.NewClassic(result.Part{Out: out, Lines: 1 << 30}))
	if !c.Classic {
		kept, err = result.Create(work, out, result.Header{Run: run, Chunk: c.Name, Name: s.Name, Host: c.Worker, Started: began(run)})
		s.check(err)
	}
	targets := chunk.NewReader(strings.NewReader(c.List))
	for {
		t, err := targets.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		o, output, ok := c.Came(t)
		if !ok {
			continue
		}
		o.Line, o.Host = t.Line, t.Host
		if o.IP == "" && t.IP != t.Host {
			o.IP = t.IP
		}
		s.check(kept.Checked(t))
		_, err = kept.Outcome(o, t, output)
		s.check(err)
	}
	s.check(kept.Close())
}

// began is when a run began, as its id says.
func began(run string) time.Time {
	at, _ := time.Parse("20060102T150405.000Z", run[:strings.IndexByte(run, '-')]) // checkID has looked
	return at
}

// keeper keeps what came of targets: a worker of ours, or a classic one.
type keeper interface {
	Checked(t chunk.Target) error
	Outcome(o result.Outcome, t chunk.Target, output io.Reader) (result.Outcome, error)
	Close() error
}

// Move moves what is in the scan's folder below .old, as the next run of that name
// does.
func (s *Scan) Move(run string) {
	s.t.Helper()
	to := s.Path(job.Old, job.OldRun+run)
	s.check(os.MkdirAll(to, 0o700))
	entries, err := os.ReadDir(s.Path())
	s.check(err)
	for _, e := range entries {
		if e.Name() != job.Old {
			s.check(os.Rename(s.Path(e.Name()), filepath.Join(to, e.Name())))
		}
	}
}

func (s *Scan) checkID(run string) {
	s.t.Helper()
	if err := job.CheckRun(run); err != nil {
		s.t.Fatal(fmt.Errorf("%s: %w", run, err))
	}
}

func (s *Scan) check(err error) {
	if err != nil {
		s.t.Helper()
		s.t.Fatal(err)
	}
}
