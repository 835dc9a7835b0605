//go:build e2e

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
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

	"scanmaster/cmd/internal/ground"
	"scanmaster/runner/fleet"
)

// The sizes of a chaotic scan: many enough that something is in flight at any
// instant, and few enough for many seeds.
const (
	chaosTargets = 600
	// chaosTargetsOfHosts are fewer: all takes longer there.
	chaosTargetsOfHosts = 300
	chaosWorkers        = 3
	// chaosPatience bounds one seed; one that takes longer hangs.
	chaosPatience = 4 * time.Minute
)

// TestRealChaos lets all go wrong that may, at random instants, resumes until
// the scan is done, and then holds what there is against what must be: each line
// of the input exactly once, each output the very target's, and no script run
// again on a target whose outcome was known. Master and workers are killed,
// stopped and interrupted, and in every third seed the share is filled to its
// last block. CHAOS_SEEDS and CHAOS_FIRST say how many seeds there are, and which
// is the first; each is a whole scan, and the same faults at the same times.
func TestRealChaos(t *testing.T) {
	s := newScene(t)
	mountTmpfs(t, s.share)
	inChaos(t, chaosGround{
		scene: s, workers: strings.Repeat("  - local\n", chaosWorkers),
		crowd: newCrowd(t, sluggish(chaosTargets)), targets: chaosTargets,
	})
}

// TestRealChaosOnHosts is those of the same seeds, three of ten, whose workers are
// on hosts: there links are cut as well, connections ended, and hosts lose their
// power.
func TestRealChaosOnHosts(t *testing.T) { onHostsInChaos(t, chaosOnHosts, "") }

// TestRealChaosApart is those, one of ten, whose worker hosts don't see the shared
// folder.
func TestRealChaosApart(t *testing.T) { onHostsInChaos(t, chaosApart, "share: none\n") }

func onHostsInChaos(t *testing.T, kind chaosKind, keys string) {
	t.Helper()
	f := newFarm(t)
	mountTmpfs(t, f.share) // before the machines, whose share it is too
	setups := make([]string, chaosWorkers)
	if kind == chaosApart {
		setups = slices.Repeat([]string{ground.Gone(f.share)}, chaosWorkers)
	}
	machines := f.machinesOf(t, "scan", setups...)
	f.trust(t, machines...)
	inChaos(t, chaosGround{
		scene: f.scene, kind: kind, machines: machines, workers: f.hosts(machines...) + "known_hosts: known_hosts\n" + keys,
		crowd:   newCrowdFor(t, f.lan.Key, named).onLAN(t, sluggish(chaosTargetsOfHosts)),
		targets: chaosTargetsOfHosts,
	})
}

// chaosKind is where the workers of a seed are.
type chaosKind int

const (
	chaosLocal chaosKind = iota
	chaosOnHosts
	chaosApart
)

// kindOf says where those of a seed are.
func kindOf(seed int) chaosKind {
	switch {
	case seed%10 == 1:
		return chaosApart
	case seed%5 < 2:
		return chaosOnHosts
	}
	return chaosLocal
}

// chaosGround is what seeds stand on: a share of its own that can be full, the
// targets, and workers, as keys of a scan file. Where they are hosts, these are
// the machines.
type chaosGround struct {
	*scene
	kind     chaosKind
	crowd    crowd
	targets  int
	workers  string
	machines []*ground.Machine
}

// inChaos runs the seeds that are for this ground.
func inChaos(t *testing.T, g chaosGround) {
	t.Helper()
	first, seeds := number(t, "CHAOS_FIRST", 1), number(t, "CHAOS_SEEDS", 6)
	for seed := first; seed < first+seeds; seed++ {
		if kindOf(seed) != g.kind {
			continue
		}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			newChaos(t, g, seed).run(t)
		})
	}
}

// number reads a number from the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q", name, text)
	}
	return n
}

// sluggish answers with the target's address, in lines, and takes a while: the
// longest of the last third of n, so that whose chunk that is is a straggler.
func sluggish(n int) func(netip.Addr) fleet.Behaviour {
	return func(a netip.Addr) fleet.Behaviour {
		b := named(a)
		b.Stdout = append(b.Stdout, strings.Repeat("and more of "+a.String()+"\n", int(a.As4()[3])%7)...)
		b.Delay = time.Duration(a.As4()[3]) * time.Millisecond / 2
		if number := int(a.As4()[2])<<8 | int(a.As4()[3]); number >= n*2/3 {
			b.Delay += 120 * time.Millisecond
		}
		return b
	}
}

// chaos is one scan and its faults.
type chaos struct {
	chaosGround
	name   string
	scan   string
	random *rand.Rand
	// calm leaves workers the time to become stragglers, and masters to see it.
	// disk has the share run full.
	calm, disk bool
	// before counts what had run on the targets when it began.
	before []int64
	faults []string
	mends  []mend
	next   time.Time // when the next fault is due
}

func newChaos(t *testing.T, g chaosGround, seed int) *chaos {
	t.Helper()
	h := &chaos{
		chaosGround: g, name: fmt.Sprint("chaos", seed),
		random: rand.New(rand.NewPCG(uint64(seed), 7)), //nolint:gosec // to be repeated
		calm:   seed%2 == 0, disk: seed%3 == 0,
	}
	jobs, chunks := 12, 1+seed%3
	if h.calm {
		jobs, chunks = 2, 1
	}
	more := fmt.Sprintf(chaosKeys, g.workers, jobs, chunks, []string{"screen", "process"}[seed/2%2])
	h.scan = h.crowd.scan(t, g.scene, g.targets, more)
	text := strings.Replace(read(t, h.scan), "name: audit", "name: "+h.name, 1)
	g.write(t, "scan.yaml", text)
	h.before = h.executions()
	return h
}

// chaosKeys has targets be tried again that no packet reached, as every scan
// does over links that are cut.
const chaosKeys = `hosts:
%sjobs: %d
chunks: %d
launch: %s
checks: {ping: false}
lease: 10s
poll: 1s
retries: 100
timeouts: {connect: 1m, banner: 1m, auth: 1m}
retry: {nosshd: 10, nossh: 10}
`

func (h *chaos) executions() []int64 {
	all := make([]int64, h.targets)
	for i := range all {
		all[i] = h.crowd.fleet.Executions(netip.AddrPortFrom(h.crowd.addr(i), h.crowd.port))
	}
	return all
}

// run carries the scan out, through all faults, and judges what is left.
func (h *chaos) run(t *testing.T) {
	t.Helper()
	late := time.Now().Add(chaosPatience)
	verb := "apply"
	for masters := 1; ; masters++ {
		if time.Now().After(late) {
			t.Fatalf("not done after %d masters\n%s", masters-1, h.story(t))
		}
		status := h.master(t, verb, late)
		h.makeRoom()
		if status == exitComplete {
			break
		}
		if !h.begun() {
			continue // nothing to resume
		}
		verb = "resume"
	}
	h.mendAll(t)
	h.judge(t)
}

// story tells what went wrong, and what was said of it.
func (h *chaos) story(t *testing.T) string {
	t.Helper()
	return strings.Join(h.faults, "\n") + "\n" + read(t, filepath.Join(h.notes, h.name))
}

// begun tells whether there is a run that can be taken up.
func (h *chaos) begun() bool {
	journals, _ := filepath.Glob(filepath.Join(h.prefix(h.name), ".run-*", "journal"))
	for _, path := range journals {
		if text, err := os.ReadFile(path); err == nil && strings.Contains(string(text), `"kind":"started"`) {
			return true
		}
	}
	return false
}

// master has one master at work until it ends, among faults.
func (h *chaos) master(t *testing.T, verb string, late time.Time) int {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(h.notes, h.name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := h.command(t.Context(), verb, h.scan)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	h.next = time.Now().Add(h.pause())
	for {
		due := time.NewTimer(time.Until(h.due()))
		select {
		case err := <-ended:
			due.Stop()
			if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			return cmd.ProcessState.ExitCode()
		case <-due.C:
		}
		if time.Now().After(late) {
			h.mendAll(t)
			_ = cmd.Process.Signal(syscall.SIGQUIT) // it says where it hangs
			t.Fatalf("it hangs (%v)\n%s", <-ended, h.story(t))
		}
		h.step(t, cmd.Process)
	}
}

// pause is the time between two faults. A master takes longer to begin where it
// has hosts to look at.
func (h *chaos) pause() time.Duration {
	d := time.Duration(50+h.random.IntN(600)) * time.Millisecond
	if h.calm || h.machines != nil {
		d *= 5
	}
	return d
}
