//go:build e2e

package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scanmaster/cmd/internal/ground"
)

// forty is how many workers are launched side by side.
const forty = 40

// TestRealHostsFortySideBySide tells how long forty workers take to be launched
// against one.
func TestRealHostsFortySideBySide(t *testing.T) {
	f := newFarm(t)
	workers := f.workers(t, forty)
	f.trust(t, workers...)
	targets := f.targets(t, forty)
	for _, n := range []int{1, forty, forty} { // the second time all is deployed
		scan := f.scan(t, targets, f.hosts(workers[:n]...), "")
		// A small machine is busy with so many.
		text := strings.Replace(read(t, scan), "banner: 2s, auth: 20s, run: 5s", "banner: 1m, auth: 1m, run: 1m", 1)
		took := f.steps(t, f.write(t, filepath.Base(scan), text))
		t.Logf("%d workers: probe %v, launch %v, all %v", n, took["probe"], took["launch"], took["all"])
	}
	pattern := filepath.Join(f.prefix("audit"), "*", "output", "*", "*", "hosts_")
	compareResults(t, pattern, map[string][]string{"ok": greeted(targets)})
	wantQuiet(t, workers[0], workers[forty-1])
}

// steps carries out a scan and gives how long each step took.
func (f *farm) steps(t *testing.T, scan string) map[string]time.Duration {
	t.Helper()
	r := f.expect(t, exitComplete, "apply", "--json", scan)
	took := make(map[string]time.Duration)
	for line := range strings.Lines(r.stdout) {
		var e struct {
			Event string
			Step  string
			Took  int64 `json:"took_ns"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		d := time.Duration(e.Took).Round(time.Millisecond)
		took[e.Step] += d
		took["all"] += d
	}
	if took["launch"] == 0 {
		t.Errorf("no launch among the events:\n%s", r.stdout)
	}
	return took
}

// TestMeasureLaunchOverLongLinks holds the launch of forty workers against that of one,
// over links of 50 ms: it may take three times as long. It takes minutes and
// measures, and so is not part of TestReal.
func TestMeasureLaunchOverLongLinks(t *testing.T) {
	const most, rounds = 3, 7
	f := newFarm(t)
	workers := f.workers(t, forty)
	hosts, keys := make([]string, forty), ""
	for i, w := range workers {
		near := netip.MustParseAddrPort(ground.Delay(t, net.JoinHostPort(w.Addr, "22"), 50*time.Millisecond))
		hosts[i] = f.host(&ground.Machine{Addr: near.Addr().String()}, fmt.Sprint("port: ", near.Port()))
		keys += fmt.Sprintf("[%s]:%d %s\n", near.Addr(), near.Port(), w.HostKey)
	}
	f.write(t, "known_hosts", keys)
	targets := f.targets(t, forty)
	launch := func(n int) time.Duration {
		scan := f.scan(t, targets, strings.Join(hosts[:n], ""), "")
		text := strings.Replace(read(t, scan), "banner: 2s, auth: 20s, run: 5s", "banner: 1m, auth: 1m, run: 1m", 1)
		took := f.steps(t, f.write(t, filepath.Base(scan), text))
		t.Logf("%d workers: probe %v, launch %v, all %v", n, took["probe"], took["launch"], took["all"])
		return took["launch"]
	}
	launch(forty) // all is deployed with it
	ratios := make([]float64, rounds)
	for i := range ratios {
		one := launch(1)
		ratios[i] = float64(launch(forty)) / float64(one)
	}
	slices.Sort(ratios)
	t.Logf("forty take %.2f times as long as one, in the median of %.2f", ratios[rounds/2], ratios)
	if ratios[rounds/2] > most {
		t.Errorf("want at most %d times", most)
	}
}
