package result

import "time"

// The record is a file of lines, each a JSON object that jq reads, in a frame
// that tells whether it is whole:
//
//	{"len":"0000131","k":"o",…,"crc":"a1b2c3d4"}
//
// len is the line's length in bytes, its newline included; crc is the CRC-32C
// (Castagnoli) of all bytes before `,"crc"`, in hexadecimal. The first line is
// the header. Texts that hold what a target sent may be no valid UTF-8, which
// JSON can't hold: such a text stands there with U+FFFD for each bad run, and
// its true bytes in base64 in the object "raw", under the same key.

// Format is the version of the record's format.
const Format = 1

// recordName is the record's name in a chunk's folder; runner/job names it for
// all others.
const recordName = ".record"

// maxRecord bounds one line of the record, in bytes.
const maxRecord = 1 << 20

// Kind tells the lines of the record apart.
type Kind byte

// The kinds.
const (
	// KindHeader begins a record.
	KindHeader Kind = 'h'
	// KindAttempt is written before a script is sent to its target.
	KindAttempt Kind = 'a'
	// KindOutcome is written when a target is done with.
	KindOutcome Kind = 'o'
	// KindSynced is written after the classic files were synced.
	KindSynced Kind = 's'
	// KindResumed is written when the record is gone on with: what was in
	// flight before it is not under way any more.
	KindResumed Kind = 'r'
)

// Header says whose record it is.
type Header struct {
	// Format is the version of the format; Create fills it in.
	Format int `json:"format"`
	// Run is the id of the run, Chunk the name of the chunk, Name that of the scan.
	Run   string `json:"run"`
	Chunk string `json:"chunk"`
	Name  string `json:"name"`
	// Host is the worker's, Started when it began.
	Host    string    `json:"host"`
	Started time.Time `json:"started"`
}

// Attempt tells that the script was about to be sent to a target.
type Attempt struct {
	Line int64  `json:"line"`
	Host string `json:"host"`
}

// Synced tells how much is safe from a power loss.
type Synced struct {
	// Bytes of the record, from its beginning: what the outcomes in them point
	// to in the classic files was on the disk when this was written.
	Bytes int64 `json:"bytes"`
}

// Resumed tells that a ledger was opened again, after its worker had died or
// was told to end.
type Resumed struct {
	// Host is where that was, At when, by that host's clock.
	Host string    `json:"host"`
	At   time.Time `json:"at"`
}

// Entry is one line of the record. Only the field that Kind names is filled in.
type Entry struct {
	Kind    Kind
	Header  Header
	Attempt Attempt
	Outcome Outcome
	Synced  Synced
	Resumed Resumed
	// Offset and Length say where in the record the line is, in bytes.
	Offset int64
	Length int64
}
