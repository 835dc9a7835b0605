package worker

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/remote"
	"scanmaster/runner/result"
)

// visit is one try at a target: its way through ping, banner, login and script.
type visit struct {
	*pipeline
	*trial
	place  *slot
	there  route
	took   durations
	begun  bool   // a connection was
	aside  bool   // it waits for its address or its subnet
	sent   bool   // the script was, or is being
	stdout *spool // nil until the script is sent
	stderr tail
}

// durations is how long the phases took that were passed.
type durations struct{ resolve, connect, banner, auth, run time.Duration }

// run goes as far as the target lets it. The error is one of this host; what
// the target does becomes its verdict.
func (v *visit) run(ctx context.Context) (verdict, error) {
	if v.bad != nil {
		return invalid(v.bad), nil
	}
	var err error
	if v.there, err = v.routes.to(v.target); err != nil {
		v.routes.tell(err)
		return invalid(err), nil
	}
	if came := v.locate(ctx); came.class != "" || v.aside {
		return came, nil
	}
	if v.pinger != nil && v.there.jump == nil {
		if came := v.ping(ctx); came.class != "" {
			return came, nil
		}
	}
	if err := v.pace.connect(ctx); err != nil {
		return verdict{}, nil //nolint:nilerr // we end; nothing is made of this target
	}
	v.begun = true
	reached, err := v.reach(ctx)
	if err != nil {
		return v.unreached(err), nil
	}
	v.took.connect, v.took.banner = reached.Timing()
	v.took.connect += v.took.resolve
	if err := v.place.heard(ctx); err != nil {
		return verdict{}, reached.Close() // we end; nothing is made of this target
	}
	conn, came, err := v.in(ctx, reached)
	v.queue.shaken(v.trial, conn != nil)
	if conn == nil {
		return came, err
	}
	defer func() { _ = conn.Close() }() // it gives no error
	if sent, err := v.maySend(ctx); !sent {
		return verdict{}, err
	}
	return v.runScript(v.ends.running, conn)
}

func (v *visit) login(ctx context.Context, reached *remote.Reached, auth []ssh.AuthMethod) (*remote.Conn, error) {
	began := v.cfg.Now()
	defer func() { v.took.auth = v.cfg.Now().Sub(began) }()
	return reached.Login(ctx, remote.Login{
		User: v.there.user, Auth: auth, HostKeys: v.there.keys, Timeout: v.timeouts.Auth,
		Algorithms: v.there.algorithms,
	})
}

// grace is how long a script that is ended may take to clean up.
const grace = time.Second

// runScript runs the script and sorts the target by how it ended.
func (v *visit) runScript(ctx context.Context, conn *remote.Conn) (verdict, error) {
	v.stdout = newSpool(v.cfg.Temp, v.cfg.maxOutput())
	began := v.cfg.Now()
	exit, err := v.execute(ctx, conn)
	v.took.run = v.cfg.Now().Sub(began)
	came := ended(exit, err)
	if full := v.stdout.full; full != nil {
		v.cfg.Log("%s: its output is cut: %v", v.target.Host, full)
		if came.detail == "" {
			came.detail = fmt.Sprintf("output cut, since the worker had no room: %v", full)
		}
	}
	return came, nil
}

// execute runs the script: it is what the shell reads, but where a user sits at the
// console, who may be asked something.
func (v *visit) execute(ctx context.Context, conn *remote.Conn) (remote.Exit, error) {
	if v.console != nil {
		return v.attended(ctx, conn)
	}
	return conn.Run(ctx, remote.Command{
		Line: v.command, Stdin: bytes.NewReader(v.script),
		Stdout: v.stdout, Stderr: &v.stderr, Timeout: v.timeouts.Run, Idle: v.timeouts.Idle, Grace: grace,
	})
}

// partial is how much is kept of what a script wrote that was cut short, in
// bytes: its end, in the record.
const partial = 16 << 10

// record hands the outcome over to the ledger.
func (v *visit) record(came verdict) error {
	o := result.Outcome{
		Line: v.target.Line, Host: v.target.Host,
		Class: came.class, Phase: came.phase, Reason: came.reason,
		Status: came.status, Signal: came.signal, Detail: came.detail,
		Start:     v.began,
		ConnectMS: v.took.connect.Milliseconds(), BannerMS: v.took.banner.Milliseconds(),
		AuthMS: v.took.auth.Milliseconds(), RunMS: v.took.run.Milliseconds(),
		Stderr: v.stderr.total, StderrTail: string(v.stderr.end),
	}
	if v.tries > 0 {
		o.Tries = v.tries + 1
	}
	if v.target.IP != v.target.Host && !v.through.ByName {
		o.IP = v.target.IP
	}
	var output io.Reader
	if v.stdout != nil {
		o.Stdout, o.Cut = v.stdout.total, v.stdout.isCut()
		var err error
		if came.class == result.OK || came.class == result.Exit {
			output, err = v.stdout.reader()
		} else {
			o.StdoutTail, err = v.stdout.end(partial)
		}
		if err != nil {
			return err
		}
	}
	_, err := v.ledger.Outcome(o, v.target, output)
	return err
}

func (v *visit) close() {
	if !v.begun && v.bad == nil {
		v.pace.unused()
	}
	if v.stdout != nil {
		_ = v.stdout.close() // it has no name, and its content is recorded
	}
}
