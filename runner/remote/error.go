package remote

import "fmt"

// Phase is how far a connection had come when it failed.
type Phase string

// The phases, in their order.
const (
	PhaseResolve Phase = "resolve" // the name, to an address
	PhaseConnect Phase = "connect" // TCP
	PhaseBanner  Phase = "banner"  // waiting for the SSH identification
	PhaseAuth    Phase = "auth"    // key exchange, host key, authentication
	PhaseRun     Phase = "run"     // the command
	PhaseCopy    Phase = "copy"    // a file, to the host
)

// Kind is what went wrong.
type Kind string

// The kinds of failure.
const (
	// KindResolve: the name has no address, or the address is none.
	KindResolve Kind = "resolve"
	// KindUnreachable: no way to the host, as the network says.
	KindUnreachable Kind = "unreachable"
	// KindRefused: nothing listens on the port.
	KindRefused Kind = "refused"
	// KindTimeout: the deadline of the phase has passed.
	KindTimeout Kind = "timeout"
	// KindIdle: the command has said nothing for too long.
	KindIdle Kind = "idle"
	// KindNotSSH: the peer said something, but not in SSH; the cause is a
	// *NotSSHError.
	KindNotSSH Kind = "not-ssh"
	// KindProtocol: the peer speaks SSH, but not as it should, or no
	// algorithm is common to both ends.
	KindProtocol Kind = "protocol"
	// KindHostKey: the host's key was not accepted; the cause is what
	// HostKeys.Check said.
	KindHostKey Kind = "host-key"
	// KindAuth: the host let nobody in with what was offered.
	KindAuth Kind = "auth"
	// KindDenied: the host let us in, but opened no session, started no
	// command, or took no file.
	KindDenied Kind = "denied"
	// KindLost: the connection ended, or the command without a status.
	KindLost Kind = "lost"
	// KindCancelled: the caller's context has ended.
	KindCancelled Kind = "cancelled"
	// KindLocal: this side failed: no more file descriptors or ports, a
	// reader or a writer of the caller's. It says nothing about the host.
	KindLocal Kind = "local"
)

// Error is a failure of a connection, or of a command on it. All errors of
// Reach, Login, Dial, Run and Upload are of this type.
type Error struct {
	Phase Phase
	Kind  Kind
	Err   error
}

// Error names the phase and the cause. It may hold text of the peer's.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Phase, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// NotSSHError tells what a peer said instead of its SSH identification.
type NotSSHError struct {
	// Said is the beginning of it, raw, 200 bytes at the most.
	Said string
}

// Error quotes what was said.
func (e *NotSSHError) Error() string { return fmt.Sprintf("not SSH: it says %q", e.Said) }
