package worker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/chunk"
	"scanmaster/runner/remote"
	"scanmaster/runner/result"
	"scanmaster/runner/worker/ping"
)

// visit is one target's way through ping, banner, login and script.
type visit struct {
	*pipeline
	target  chunk.Target
	place   *slot
	outcome result.Outcome
	stdout  *spool
	stderr  tail
}

// run goes as far as the target lets it. The error is one of our own files;
// what the target does becomes its outcome.
func (v *visit) run(ctx context.Context) error {
	host, port := v.target.Address(v.byName, v.port)
	if v.pinger != nil {
		if !v.pinged(ctx, host) {
			return nil
		}
	}
	conn, ok := v.login(ctx, net.JoinHostPort(host, strconv.Itoa(port)))
	if !ok {
		return nil
	}
	defer conn.Close()
	if err := v.ledger.Attempt(v.target); err != nil {
		return err
	}
	return v.script(ctx, conn)
}

// pinged asks for an echo. Only the first address of a name is asked.
func (v *visit) pinged(ctx context.Context, host string) bool {
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(addrs) == 0 {
		v.fail(result.NoPing, result.PhaseResolve, result.ReasonResolve, err)
		return false
	}
	err = v.pinger.Ping(ctx, addrs[0].Unmap())
	switch {
	case err == nil:
		return true
	case errors.Is(err, ping.ErrNoEcho):
		v.fail(result.NoPing, result.PhasePing, result.ReasonNoEcho, nil)
	default:
		v.fail(result.NoPing, result.PhasePing, result.ReasonUnreachable, err)
	}
	return false
}

// login connects, waits for the banner, and authenticates, on one connection.
func (v *visit) login(ctx context.Context, address string) (*remote.Conn, bool) {
	reached, err := remote.Reach(ctx, address, remote.ReachTimeouts{Connect: v.timeouts.Connect, Banner: v.timeouts.Banner})
	if err != nil {
		class := result.NoSSHD
		if !v.banner {
			class = result.NoSSH
		}
		v.failed(class, err)
		return nil, false
	}
	connect, banner := reached.Timing()
	v.outcome.ConnectMS, v.outcome.BannerMS = connect.Milliseconds(), banner.Milliseconds()
	if err := v.place.heard(ctx); err != nil {
		_ = reached.Close() // ended by us; nothing is made of this target
		return nil, false
	}
	began := time.Now()
	conn, err := reached.Login(ctx, remote.Login{User: v.user, Auth: []ssh.AuthMethod{v.auth}, HostKeys: v.keys, Timeout: v.timeouts.Auth})
	v.outcome.AuthMS = time.Since(began).Milliseconds()
	if err != nil {
		v.failed(result.NoSSH, err)
		return nil, false
	}
	return conn, true
}

// script runs the script and sorts the target by how it ended.
func (v *visit) script(ctx context.Context, conn *remote.Conn) error {
	v.stdout = newSpool(v.cfg.Temp, v.cfg.maxOutput())
	began := time.Now()
	exit, err := conn.Run(ctx, remote.Command{
		Line: v.command, Stdin: bytes.NewReader(v.src.script), Stdout: v.stdout, Stderr: &v.stderr, Timeout: v.timeouts.Run,
	})
	v.outcome.RunMS = time.Since(began).Milliseconds()
	if v.stdout.err != nil && ctx.Err() == nil {
		return v.stdout.err // our own disk, not the target
	}
	v.outcome.Stdout, v.outcome.Stderr = v.stdout.total, v.stderr.total
	v.outcome.StderrTail, v.outcome.Cut = string(v.stderr.end), v.stdout.isCut()
	switch {
	case err != nil:
		v.failed(result.NoSSH, err)
	case exit.Signal != "":
		v.outcome.Signal = exit.Signal
		v.fail(result.NoSSH, result.PhaseRun, result.ReasonSignal, nil)
	case exit.Status < 0:
		v.fail(result.NoSSH, result.PhaseRun, result.ReasonLost, nil)
	case exit.Status > maxStatus:
		v.outcome.Status = exit.Status
		v.fail(result.NoSSH, result.PhaseRun, result.ReasonStatus, nil)
	default:
		v.ended(exit.Status)
	}
	return nil
}

// maxStatus is the highest exit status of a script that counts as its own:
// ssh(1) uses 255 for itself.
const maxStatus = 254

func (v *visit) ended(status int) {
	v.outcome.Class, v.outcome.Phase, v.outcome.Status = result.OK, result.PhaseRun, status
	if status != 0 {
		v.outcome.Class = result.Exit
	}
}

// failed sorts a target by an error of its connection.
func (v *visit) failed(class result.Class, err error) {
	known := new(remote.Error)
	if !errors.As(err, &known) {
		v.fail(class, result.PhaseRun, result.ReasonLocal, err)
		return
	}
	// The phases and most kinds have the same words in both rooms; those that
	// don't are cancelled, which never becomes an outcome.
	v.fail(class, result.Phase(known.Phase), result.Reason(known.Kind), known.Err)
}

func (v *visit) fail(class result.Class, phase result.Phase, reason result.Reason, err error) {
	v.outcome.Class, v.outcome.Phase, v.outcome.Reason = class, phase, reason
	if err != nil {
		v.outcome.Detail = err.Error()
	}
}

// record hands the outcome over to the ledger.
func (v *visit) record() error {
	var output io.Reader
	if v.stdout != nil {
		var err error
		if output, err = v.stdout.reader(); err != nil {
			return err
		}
	}
	_, err := v.ledger.Outcome(v.outcome, v.target, output)
	return err
}

func (v *visit) close() {
	if v.stdout != nil {
		_ = v.stdout.close() // it has no name, and its content is recorded
	}
}
