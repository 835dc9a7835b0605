// Package result is what came of the targets: outcomes, the files they are
// kept in, and counting them back.
package result

import "time"

// Class sorts a target by what came of it, as the classic suite does.
type Class string

// The classes. Exit stands for the exit statuses 1 to 254, each a file of its own.
const (
	OK     Class = "ok"
	Exit   Class = "exit"
	NoPing Class = "noping"
	NoSSHD Class = "nosshd"
	NoSSH  Class = "nossh"
	// Unknown is a target that the script was, or was about to be, sent to
	// when its worker died: it may have run there, and must not run twice.
	Unknown Class = "unknown"
)

// Reason says more finely why a target did not get as far as an exit status.
type Reason string

// The reasons.
const (
	ReasonNone        Reason = ""
	ReasonInvalid     Reason = "invalid"     // the line names no host that may be connected to
	ReasonResolve     Reason = "resolve"     // the name has no address
	ReasonUnreachable Reason = "unreachable" // no route, network down
	ReasonNoEcho      Reason = "no-echo"     // no answer to the ping
	ReasonRefused     Reason = "refused"     // the port is closed
	ReasonTimeout     Reason = "timeout"     // the deadline of Phase ended it
	ReasonIdle        Reason = "idle"        // the script said nothing for too long
	ReasonNotSSH      Reason = "not-ssh"     // something else speaks there
	ReasonProtocol    Reason = "protocol"    // SSH, but the two don't understand each other
	ReasonHostKey     Reason = "host-key"    // the key is not the one we know, or not known
	ReasonAuth        Reason = "auth"        // no way of authentication was accepted
	ReasonSignal      Reason = "signal"      // the script was killed; Signal names it
	ReasonStatus      Reason = "status"      // an exit status above 254; Status holds it
	ReasonLost        Reason = "lost"        // the line went down
	ReasonDenied      Reason = "denied"      // let in, but no command was started
	ReasonLocal       Reason = "local"       // this host had no room for the connection
)

// Phase is how far a target got.
type Phase string

// The phases, in order.
const (
	PhaseResolve Phase = "resolve"
	PhasePing    Phase = "ping"
	PhaseConnect Phase = "connect"
	PhaseBanner  Phase = "banner"
	PhaseAuth    Phase = "auth"
	PhaseRun     Phase = "run"
)

// Outcome is what came of one target.
type Outcome struct {
	// Line is the target's number in its chunk; Host and IP are its fields.
	Line int64  `json:"line"`
	Host string `json:"host"`
	IP   string `json:"ip,omitempty"`
	// Class is where the target is sorted to; Status is the exit status where
	// the script had one, 0 to 255 and above.
	Class  Class  `json:"class"`
	Status int    `json:"status,omitempty"`
	Reason Reason `json:"reason,omitempty"`
	// Phase is the one that ended it; Detail is the error's text and may hold
	// what the target sent: hostile, raw, capped.
	Phase  Phase  `json:"phase"`
	Detail string `json:"detail,omitempty"`
	Signal string `json:"signal,omitempty"`
	// Tries is how many it took, where that is more than one; all that is said
	// of the target but Start is of the last.
	Tries int `json:"tries,omitempty"`
	// Start is when the target was taken in hand; the others are how long
	// each phase took, in milliseconds.
	Start     time.Time `json:"start"`
	ConnectMS int64     `json:"connect_ms,omitempty"`
	BannerMS  int64     `json:"banner_ms,omitempty"`
	AuthMS    int64     `json:"auth_ms,omitempty"`
	RunMS     int64     `json:"run_ms,omitempty"`
	// Stdout and Stderr count what the script wrote, in bytes; Cut tells that
	// the output went over the cap and not all of it was kept.
	Stdout int64 `json:"stdout,omitempty"`
	Stderr int64 `json:"stderr,omitempty"`
	Cut    bool  `json:"cut,omitempty"`
	// StderrTail is the end of the standard error, raw.
	StderrTail string `json:"stderr_tail,omitempty"`
	// StdoutTail is the end of the standard output, raw, of a script whose
	// end is no exit status that counts: the classic files hold but the
	// input's line then. It is capped at 16 KiB; where Cut is true, it is the
	// end of what was kept.
	StdoutTail string `json:"stdout_tail,omitempty"`
	// File, Offset and Length say where the classic file holds the target's
	// lines, in bytes; Sum is their CRC-32C. The ledger fills them in.
	File   string `json:"file,omitempty"`
	Offset int64  `json:"offset,omitempty"`
	Length int64  `json:"length,omitempty"`
	Sum    uint32 `json:"sum,omitempty"`
}
