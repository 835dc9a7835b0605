package worker

import (
	"errors"

	"scanmaster/runner/remote"
	"scanmaster/runner/result"
	"scanmaster/runner/worker/ping"
)

// verdict is how a target is sorted, and why.
type verdict struct {
	class  result.Class
	phase  result.Phase
	reason result.Reason
	// status and signal are how the script ended, where that is known.
	status int
	signal string
	// detail is the error's text, raw.
	detail string
	// drop tells that the connection was dropped before the banner; else nil.
	drop *remote.DropError
}

// maxStatus is the highest exit status of a script that counts as its own:
// ssh(1) keeps 255 for itself.
const maxStatus = 254

// invalid sorts a line that names no target.
func invalid(err error) verdict {
	return verdict{class: result.NoSSH, phase: result.PhaseResolve, reason: result.ReasonInvalid, detail: err.Error()}
}

// unresolved sorts a target whose name has no address to ping; err is nil
// where the answer was empty.
func unresolved(err error) verdict {
	v := verdict{class: result.NoPing, phase: result.PhaseResolve, reason: result.ReasonResolve}
	if err != nil {
		v.detail = err.Error()
	}
	return v
}

// unpinged sorts a target that was asked for an echo in vain.
func unpinged(err error) verdict {
	v := verdict{class: result.NoPing, phase: result.PhasePing, reason: result.ReasonNoEcho}
	if !errors.Is(err, ping.ErrNoEcho) {
		v.reason, v.detail = result.ReasonUnreachable, err.Error()
	}
	return v
}

// unreached sorts a target that showed no banner.
func unreached(err error, banner bool) verdict {
	if banner {
		return failed(result.NoSSHD, err)
	}
	return failed(result.NoSSH, err)
}

// notIn sorts a target that let nobody in.
func notIn(err error) verdict { return failed(result.NoSSH, err) }

// ended sorts a target by how the script ended there.
func ended(exit remote.Exit, err error) verdict {
	v := verdict{class: result.NoSSH, phase: result.PhaseRun}
	if err != nil {
		v = failed(result.NoSSH, err)
	}
	v.status, v.signal = max(exit.Status, 0), exit.Signal
	switch {
	case err != nil:
	case exit.Signal != "":
		v.reason = result.ReasonSignal
	case exit.Status > maxStatus:
		v.reason = result.ReasonStatus
	case exit.Status < 0:
		v.reason = result.ReasonLost
	case exit.Status == 0:
		v.class = result.OK
	default:
		v.class = result.Exit
	}
	return v
}

// failed sorts a target by an error of its connection. Phases and kinds have
// the same words in both rooms, but for a cancelled connection, which never
// becomes an outcome.
func failed(class result.Class, err error) verdict {
	known := new(remote.Error)
	if !errors.As(err, &known) {
		return verdict{class: class, phase: result.PhaseRun, reason: result.ReasonLocal, detail: err.Error()}
	}
	return verdict{
		class: class, phase: result.Phase(known.Phase), reason: result.Reason(known.Kind), detail: known.Err.Error(),
		drop: remote.Dropped(err),
	}
}
