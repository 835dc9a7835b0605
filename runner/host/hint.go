package host

import (
	"errors"
	"fmt"
	"io/fs"

	"scanmaster/runner/plan"
	"scanmaster/runner/remote"
)

// hinted adds to an error of Dial what would mend it.
func hinted(err error, w plan.Worker, user string) error {
	failed := new(remote.Error)
	if !errors.As(err, &failed) {
		return err
	}
	if mend := mend(failed, w, user); mend != "" {
		return fmt.Errorf("%w; %s", err, mend)
	}
	return err
}

// mend says what would let us in; empty where that isn't known.
func mend(failed *remote.Error, w plan.Worker, user string) string {
	switch failed.Kind {
	case remote.KindResolve:
		return "mend the name in hosts, or the name service"
	case remote.KindUnreachable:
		return "is it up, and is there a route to it?"
	case remote.KindRefused:
		return "start sshd there, or say its port"
	case remote.KindTimeout:
		if failed.Phase == remote.PhaseConnect {
			return "is it up, and does a firewall let us through?"
		}
		return "restart sshd there"
	case remote.KindAuth:
		key := "your public key"
		if w.Identity != "" {
			key = "the public key of " + w.Identity
		}
		return fmt.Sprintf("add %s to ~/.ssh/authorized_keys of %s there, or name another identity", key, user)
	case remote.KindHostKey:
		return mendHostKey(failed)
	default:
		return ""
	}
}

// mendHostKey says how a key is recorded, and never how one that has changed
// is accepted without a look.
func mendHostKey(failed *remote.Error) string {
	judged := new(remote.HostKeyError)
	if !errors.As(failed, &judged) {
		return ""
	}
	switch judged.Verdict {
	case remote.Unknown:
		return "if that is its key, record it in known_hosts: " + judged.Line()
	case remote.Changed:
		return "find out why; if it is a new key of the same host, replace that line by: " + judged.Line()
	default:
		return ""
	}
}

// mendIdentity says what would make a key file one to log in with.
func mendIdentity(err error) string {
	switch {
	case errors.Is(err, remote.ErrPassphrase):
		return "begin again with the right one, or have an ssh-agent hold the key and leave identity away"
	case errors.Is(err, fs.ErrNotExist):
		return "put it there, or name another identity"
	case errors.Is(err, fs.ErrPermission):
		return "chmod or chown it so that you can read it, or name another identity"
	}
	return "name another identity"
}
