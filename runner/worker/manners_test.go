package worker

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/remote"
	"scanmaster/runner/result"
)

// crowd counts how many connections there are at a time to targets at all of
// loopback, which are slow to speak. One counts for half of the time that it takes
// the target to say its first word, within which nobody can be done with it.
type crowd struct {
	delay time.Duration

	mu   sync.Mutex
	now  map[netip.Prefix]int
	most map[netip.Prefix]int
	all  int // of all at a time
	high int
}

func newCrowd(delay time.Duration) *crowd {
	return &crowd{delay: delay, now: make(map[netip.Prefix]int), most: make(map[netip.Prefix]int)}
}

func (c *crowd) pick(at netip.Addr) fleet.Behaviour {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := subnetOf(at)
	c.now[key]++
	c.all++
	c.most[key], c.high = max(c.most[key], c.now[key]), max(c.high, c.all)
	time.AfterFunc(c.delay/2, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now[key]--
		c.all--
	})
	return fleet.Behaviour{Kind: fleet.Canned, Delay: c.delay}
}

func TestNoMoreOfASubnetAreInHandThanMay(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := newCrowd(100 * time.Millisecond)
	port, err := s.fleet.Any(0, c.pick)
	if err != nil {
		t.Fatal(err)
	}
	const subnets, each, bound = 5, 12, 3
	for i := range subnets * each {
		s.lines = append(s.lines, fmt.Sprintf("host%d 127.6.%d.%d", i, i/each, i%each+1))
	}
	s.Targets.Port, s.Args.Jobs = int(port), 100
	s.staged(t)
	s.Job.PerSubnet = bound
	if mark := s.work(t); mark.Counts["ok"] != subnets*each {
		t.Errorf("counted %v", mark.Counts)
	}
	for subnet, most := range c.most {
		if most > bound {
			t.Errorf("%d of %s at a time", most, subnet)
		}
	}
	if c.high <= bound || len(c.most) != subnets {
		t.Errorf("%d at a time in all, of %d subnets: a full one has held back the others", c.high, len(c.most))
	}
	if got := s.results(t, "hosts_checked"); len(got) != len(s.lines) {
		t.Errorf("hosts_checked has %d lines", len(got))
	}
}

// TestANameIsResolvedForItsSubnet has names without an address: what they stand for
// is what is connected to and bounded, and their host key stays theirs.
func TestANameIsResolvedForItsSubnet(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	addr, err := remote.Resolve(t.Context(), "localhost", patient)
	if err != nil {
		t.Fatal(err)
	}
	s.Targets.Port = int(s.add(t, "unused", fleet.Behaviour{}).Port())
	at := netip.AddrPortFrom(addr, uint16(s.Targets.Port))
	if addr != netip.MustParseAddr("127.0.0.1") {
		if err := s.fleet.AddAt(at, fleet.Behaviour{Kind: fleet.Canned}); err != nil {
			t.Fatal(err)
		}
	}
	s.lines = []string{"localhost", "LOCALHOST", "nowhere.invalid", "localhost", "named " + at.String()}
	s.Args.Jobs = 1 // who waits for its subnet must not hold the one place
	s.staged(t)
	s.Job.PerSubnet = 1
	s.Job.Retry = map[string]int{"resolve": 1}
	mark := s.work(t)
	if mark.Counts["ok"] != 4 || mark.Counts["nosshd"] != 1 {
		t.Errorf("counted %v", mark.Counts)
	}
	if n := s.fleet.Connections(at); n != 4 {
		t.Errorf("%d connections, want 4", n)
	}
	if got := s.results(t, "hosts_checked"); len(got) != len(s.lines) {
		t.Errorf("hosts_checked has %q", got)
	}
	record := read(t, filepath.Join(s.folder(), job.Record))
	for _, want := range []string{`"host":"nowhere.invalid","class":"nosshd","reason":"resolve","phase":"resolve"`, `"tries":2`} {
		if !strings.Contains(record, want) {
			t.Errorf("the record has no %s:\n%s", want, record)
		}
	}
	if keys := s.keys(t); !strings.Contains(keys, fmt.Sprintf("[localhost]:%d ", s.Targets.Port)) {
		t.Errorf("the host keys are\n%s", keys)
	}
}

// keys reads what host keys were recorded.
func (s *scene) keys(t *testing.T) string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(s.share, job.State, job.HostKeys, "*"))
	if len(files) != 1 {
		t.Fatalf("files of host keys: %q", files)
	}
	return read(t, files[0])
}

// TestWhoHasNoAddressIsSortedAsEver holds that names fail as they do where they need
// not be resolved before.
func TestWhoHasNoAddressIsSortedAsEver(t *testing.T) {
	outcomes := make(map[int]result.Outcome)
	for _, bound := range []int{0, 4} {
		s := newScene(t)
		s.lines = []string{"nowhere.invalid"}
		s.staged(t)
		s.Job.PerSubnet = bound
		s.work(t)
		outcomes[bound] = s.outcomes(t)["nowhere.invalid"]
	}
	if a, b := outcomes[0], outcomes[4]; a.Class != b.Class || a.Reason != b.Reason || a.Phase != b.Phase || a.Reason != result.ReasonResolve {
		t.Errorf("%+v\nand\n%+v", a, b)
	}
}
