package runner_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner"
	"scanmaster/runner/fleet"
	"scanmaster/runner/plan"
)

// otherServer is a worker host of its own. What it runs goes on when it is cut
// off.
type otherServer struct {
	g     *ground
	cfg   fleet.Config
	fleet *fleet.Fleet
	addr  netip.AddrPort
}

// other starts one, with that in its environment.
func (g *ground) other(env ...string) *otherServer {
	g.t.Helper()
	key, err := fleet.WriteKey(g.path("otherkey"))
	if err != nil {
		g.t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		g.t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		g.t.Fatal(err)
	}
	o := &otherServer{g: g, cfg: fleet.Config{
		Authorized: []ssh.PublicKey{key}, HostKey: signer, Dir: g.path("home"),
		Env: append(env, "PATH="+g.path("bin")+":/usr/local/bin:/usr/bin:/bin"),
	}}
	o.start()
	if o.addr, err = o.fleet.Add(fleet.Behaviour{}); err != nil {
		g.t.Fatal(err)
	}
	known, err := os.ReadFile(g.path("known_hosts"))
	if err != nil {
		g.t.Fatal(err)
	}
	g.write("known_hosts", string(known)+o.fleet.KnownHostsLine(o.addr)+"\n")
	return o
}

func (o *otherServer) start() {
	o.g.t.Helper()
	f, err := fleet.New(o.cfg)
	if err != nil {
		o.g.t.Fatal(err)
	}
	o.g.t.Cleanup(func() { _ = f.Close() })
	o.fleet = f
}

// before puts it before the other worker hosts.
func (o *otherServer) before(keys string) string {
	entry := "hosts:\n  - {host: 127.0.0.1, port: " + strconv.Itoa(int(o.addr.Port())) + ", identity: otherkey}\n"
	return strings.Replace(keys, "hosts:\n", entry, 1)
}

// cut cuts it off.
func (o *otherServer) cut() { _ = o.fleet.Close() }

// heal ends what cut has begun.
func (o *otherServer) heal() {
	o.g.t.Helper()
	o.start()
	if err := o.fleet.AddAt(o.addr, fleet.Behaviour{}); err != nil {
		o.g.t.Fatal(err)
	}
}

// TestAChunkIsTakenFromAWorkerThatCannotBeAsked cuts a worker host off and stops
// its worker, and lets it go on when its chunk was taken. It finds that the chunk
// is not its own any more, and begins nothing.
func TestAChunkIsTakenFromAWorkerThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.held(40)
	hosts := g.hosts(1)
	other := g.other()
	p := g.plan(other.before(hosts) + "jobs: 1\npoll: 1s\n")
	p.Lease, p.Job.Lease = time.Second, time.Second
	s, err := g.beside(p, func(ctx context.Context) error {
		defer g.write("go", "") // both hosts are this one: the other worker's would find this one
		pid, err := stopWorker(ctx, g, ".xaa", other.cut)
		if err != nil {
			return err
		}
		g.awaitLost(ctx, "xaa")
		err = syscall.Kill(pid, syscall.SIGCONT)
		g.awaitEnd(ctx, pid)
		return err
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, g.told())
	}
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 40 || s.Tally.Total() != 40 {
		t.Errorf("%+v\n%s", s, g.told())
	}
	if log := g.read(".run-*/log.xaa"); !strings.Contains(log, "taken") {
		t.Errorf("the worker that lost its chunk says %q\n%s", log, g.told())
	}
	g.wantEachOnce() // nothing was written beside the other one
	g.wantNoneTwice(1)
	g.wantGatheredOnce(p)
}

// wantGatheredOnce has an aggregator of the classic kind gather what there is: a
// folder that was taken from its worker is none that it finds.
func (g *ground) wantGatheredOnce(p plan.Plan) {
	g.t.Helper()
	aggregator, err := filepath.Abs("../cmd/scanmaster/testdata/classic/newer.sh")
	if err != nil {
		g.t.Fatal(err)
	}
	cmd := exec.CommandContext(g.t.Context(), aggregator, "s", g.path("input"), p.Layout.StartedFile())
	cmd.Dir = p.Layout.ChunkDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		g.t.Fatalf("%v: %s", err, out)
	}
	want := slices.Sorted(slices.Values(g.lines))
	if got := slices.Sorted(strings.SplitSeq(strings.TrimSpace(g.read("gathered/all.checked")), "\n")); !slices.Equal(got, want) {
		g.t.Errorf("gathered are %d lines that are not the %d of the input", len(got), len(want))
	}
	if got := strings.Count(g.read("gathered/all.ok"), "\n"); got != len(want) {
		g.t.Errorf("gathered are %d outputs of %d", got, len(want))
	}
}

// stopWorker cuts a worker's host off and stops it, once it has a result.
func stopWorker(ctx context.Context, g *ground, suffix string, cut func()) (pid int, err error) {
	g.awaitFile(ctx, g.prefix("*"+suffix+"/output/*/xaa/hosts_ok"), "")
	if pid, err = findProcess(suffix, g.dir); err == nil {
		err = syscall.Kill(pid, syscall.SIGSTOP)
	}
	cut()
	return pid, err
}

// TestARunGoesOnWhereItsMasterWasEnded ends a master, and with it its workers,
// in the middle, and resumes.
func TestARunGoesOnWhereItsMasterWasEnded(t *testing.T) {
	t.Parallel()
	g := lay(t)
	g.targets("slow", 12, fleet.Behaviour{Kind: fleet.Canned, Delay: 100 * time.Millisecond, Stdout: []byte("here\n")})
	p := g.plan("jobs: 1\nchunks: 2\n")
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("that was enough")
	go func() {
		for ctx.Err() == nil {
			if done, _ := filepath.Glob(g.prefix("*/output/*/xaa/hosts_ok")); len(done) > 0 {
				cancel(enough)
			}
			time.Sleep(glance)
		}
	}()
	if _, err := g.apply(ctx, p); !errors.Is(err, enough) {
		t.Fatalf("%v: want that it was ended", err)
	}
	unfinished := new(runner.UnfinishedError)
	if _, err := g.apply(t.Context(), g.plan("jobs: 1")); !errors.As(err, &unfinished) || unfinished.Run != p.Layout.Run {
		t.Errorf("%v: want that there is a run to be resumed", err)
	}
	s, err := runner.Resume(t.Context(), p, g.config())
	if err != nil {
		t.Fatalf("%v\n%s", err, g.logs())
	}
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 12 || s.Run != p.Layout.Run {
		t.Errorf("%+v\n%s", s, g.logs())
	}
	over := new(runner.FinishedError)
	if _, err := runner.Resume(t.Context(), p, g.config()); !errors.As(err, &over) || over.Verdict != runner.Complete {
		t.Errorf("%v: want that it is over", err)
	}
	g.mustApply("") // and so another one may begin
}

// TestAnotherWorkerGoesOnWithWhatAKilledOneHasLeft has a host that kills its
// workers: its place is left empty after two of them.
func TestAnotherWorkerGoesOnWithWhatAKilledOneHasLeft(t *testing.T) {
	g := lay(t)
	g.targets("slow", 8, fleet.Behaviour{Kind: fleet.Canned, Delay: 100 * time.Millisecond})
	p := g.plan("jobs: 1")
	killed := make(chan error, 1)
	go func() { killed <- killWorker(t.Context(), g, ".xab") }()
	s, err := g.apply(t.Context(), p)
	if err := errors.Join(err, <-killed); err != nil {
		t.Fatal(err)
	}
	if s.Verdict != runner.Complete || s.Tally.Counts["ok"] != 8 {
		t.Errorf("%+v\n%s", s, g.logs())
	}
	for _, e := range g.events {
		if lost, ok := e.(runner.WorkerLost); ok && (lost.Chunk != "xab" || !lost.Again) {
			t.Errorf("%+v", lost)
		}
	}
}

// TestWhoIsFreeTakesTheNextChunk has more chunks than workers.
func TestWhoIsFreeTakesTheNextChunk(t *testing.T) {
	g := lay(t)
	g.targets("fine", 9, fleet.Behaviour{Kind: fleet.Canned})
	s := g.mustApply("chunks: 4")
	if s.Tally.Counts["ok"] != 9 || len(s.Workers) != 8 {
		t.Errorf("%+v", s)
	}
}
