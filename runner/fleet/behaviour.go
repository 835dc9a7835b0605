package fleet

import (
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// Kind says in which way a server behaves.
type Kind int

// The ways of a server. Those that hang do so until the client leaves or the
// fleet is closed.
const (
	// Fine serves properly: what it is sent really runs, under the shell.
	Fine Kind = iota
	// Canned serves properly, but nothing runs: it reads all of stdin and
	// answers Stdout and Status from memory. For runs over many thousands.
	Canned

	// Closed is a port on which nothing listens: connections are refused.
	Closed
	// Filtered is a port that neither takes nor refuses connections, as
	// behind a firewall that drops them. What it needs is Linux's way with a
	// full queue.
	Filtered
	// ClosesAtOnce accepts a connection and closes it.
	ClosesAtOnce
	// Mute accepts a connection and says nothing.
	Mute
	// Dribbles sends a byte now and then, and never a whole line.
	Dribbles
	// Rubbish answers as a web server would, and hangs up.
	Rubbish
	// Babbles sends lines without end, none of them an SSH identification.
	Babbles
	// StopsInKex falls silent in the middle of the key exchange.
	StopsInKex
	// StopsInAuth falls silent when it is shown a key.
	StopsInAuth
	// FloodsLogin sends text without end before it lets one in.
	FloodsLogin
	// RefusesKeys lets nobody in.
	RefusesKeys
	// WantsPassword lets those in who send the fleet's password, by the method
	// "password" (RFC 4252, section 8); no key is asked for.
	WantsPassword
	// Asks lets those in who answer with the fleet's password when they are asked
	// for it (RFC 4256).
	Asks
	// AsksCode asks for a code, which nobody knows.
	AsksCode

	// Denies lets one in, but starts no command.
	Denies
	// NeverEnds starts a command that reads its stdin and never ends.
	NeverEnds
	// NeverReads starts a command that never ends nor reads its stdin, so
	// that the window of the channel fills up.
	NeverReads
	// CutsLine sends Stdout and then closes the TCP connection.
	CutsLine
	// NoStatus sends Stdout and closes the channel without an exit status.
	NoStatus
	// NoClose sends Stdout, the exit status and the end of file, and never
	// closes the channel.
	NoClose
	// ExitsEarly reports Status before it has read any of its stdin, as
	// servers do when a script ends in its first line.
	ExitsEarly
	// Signals reads its stdin and reports death by Signal.
	Signals
	// Chatters serves as Canned does, among a lot of requests that nobody
	// asked for: global ones, channel ones, and channels of its own.
	Chatters
)

// Behaviour is how one server behaves. The zero value serves properly.
type Behaviour struct {
	// Kind is the way it behaves.
	Kind Kind
	// First are the ways of its first connections, one each, before it
	// behaves as Kind says. Closed and Filtered can't be among them.
	First []Kind
	// Delay passes before it says its first word.
	Delay time.Duration
	// Preface is sent before the SSH identification, as RFC 4253, section
	// 4.2 allows for whole lines.
	Preface []byte
	// Algorithms are all that it takes: KeyExchanges, Ciphers and MACs. Of
	// which there are none, the library's own hold.
	Algorithms ssh.Algorithms
	// Stdout is what the kinds that run nothing answer.
	Stdout []byte
	// Status is the exit status that they report.
	Status int
	// Signal is what Signals reports, without "SIG"; empty means TERM.
	Signal string
}

// inTurn gives the behaviour for one connection after the other.
func (b Behaviour) inTurn() func(netip.Addr) Behaviour {
	var came atomic.Int64
	return func(netip.Addr) Behaviour {
		now := b
		if n := came.Add(1); n <= int64(len(b.First)) {
			now.Kind = b.First[n-1]
		}
		return now
	}
}
