package result

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"slices"

	"scanmaster/runner/share"
)

// Audited is what a record says of a chunk.
type Audited struct {
	// Header is empty where the record has none yet.
	Header Header
	// Tally counts the outcomes; Seen holds the targets that have one.
	Tally Tally
	Seen  Seen
	// Missing counts the targets without an outcome; InFlight are those of
	// them that the script was, or was about to be, sent to.
	Missing  int64
	InFlight []Attempt
	// Torn tells where the record stops being whole; nil where it doesn't.
	Torn *TornError
	// File is the record's file as it was before it was read; zero where there is
	// none, or only a reader.
	File share.Stamp
}

// Audit checks a record against the number of targets in its chunk: each has
// at most one outcome, and who has none is counted. It may be used while the
// record is written. The error is the reader's, or tells of a record that
// contradicts itself or the chunk.
func Audit(record io.Reader, lines int64) (Audited, error) {
	p, err := play(record)
	if err != nil {
		return Audited{}, err
	}
	if most := p.most(); most > lines {
		return Audited{}, fmt.Errorf("the record has target %d of %d", most, lines)
	}
	return Audited{
		Header: p.header, Tally: p.tally, Seen: p.seen,
		Missing: lines - p.seen.Count(), InFlight: p.flying(), Torn: p.torn,
	}, nil
}

// AuditFolder is Audit of the record in a chunk's folder, as it is now; it
// changes nothing. A chunk without a record, or with nothing in it yet, has
// done nothing.
func AuditFolder(work *share.Dir, lines int64) (Audited, error) {
	record, err := work.OpenFile(recordName, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return Audited{Missing: lines}, nil
	}
	if err != nil {
		return Audited{}, err
	}
	defer record.Close()
	info, err := record.Stat()
	if err != nil {
		return Audited{}, err
	}
	// A living writer would lead on and on.
	a, err := Audit(io.NewSectionReader(record, 0, info.Size()), lines)
	if err != nil {
		return Audited{}, fmt.Errorf("%s: %w", work.Path(recordName), err)
	}
	a.File = share.StampOf(info)
	return a, nil
}

// most is the highest line that the record names.
func (p *replay) most() int64 {
	most := p.seen.max()
	for line := range p.inFlight {
		most = max(most, line)
	}
	return most
}

// flying gives the attempts without an outcome, by line.
func (p *replay) flying() []Attempt {
	lines := slices.Sorted(maps.Keys(p.inFlight))
	out := make([]Attempt, len(lines))
	for i, line := range lines {
		out[i] = p.inFlight[line]
	}
	return out
}

// MissingLines gives the numbers of the targets without an outcome, in order.
func (a Audited) MissingLines() iter.Seq[int64] {
	return a.Seen.Missing(a.Missing + a.Seen.Count())
}
