//go:build e2e

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// newNetworkField starts all targets as machines of the network.
func newNetworkField(t *testing.T, f *farm) field {
	t.Helper()
	out := field{key: f.lan.Key, port: 22, ways: slices.Clone(ways)}
	stranger := ground.NewKey(t)
	var all, mute []*ground.Machine
	byWay := make([][]*ground.Machine, len(ways))
	for i, w := range ways {
		for n := range w.n {
			m := &ground.Machine{Name: fmt.Sprintf("%s%d", w.name, n+1), Env: map[string]string{"KIND": w.name}}
			switch w.name {
			case "closed":
				m.Unserved = true
			case "refused":
				m.Authorized = stranger.Public
			case "noping":
				m.Setup = []string{ground.Deaf}
			case "mute":
				mute = append(mute, m)
			}
			byWay[i], all = append(byWay[i], m), append(all, m)
		}
	}
	f.lan.Add(t, all...)
	for i, machines := range byWay {
		for _, m := range machines {
			out.ways[i].addrs = append(out.ways[i].addrs, m.Addr)
		}
	}
	for _, m := range mute {
		m.Freeze(t)
	}
	return out
}

// TestRealHostsScan is the whole of a scan over four worker hosts and 34
// targets, all with addresses of their own, on the classic suite's terms.
func TestRealHostsScan(t *testing.T) {
	f := newFarm(t)
	workers, out := f.workers(t, 4), newNetworkField(t, f)
	chunks := []string{"xaa", "xab", "xac", "xad"}
	all := out.targets()
	for i := range all {
		all[i].host, all[i].ip = all[i].ip, ""
	}
	f.trust(t, workers...)
	f.write(t, "remote.sh", script)
	f.write(t, "pre.sh", fmt.Sprintf(noting, "pre"))
	// No worker ends before all have been looked at.
	f.write(t, "post.chunk.sh", fmt.Sprintf(noting, "post")+"until [ -e \"$NOTES/seen\" ]; do sleep 0.1; done\n")
	f.write(t, "aggregate.sh", fmt.Sprintf(noting, "aggregate"))
	more := strings.Replace(hookedScan, "SCAN_ENV: {", "SCAN_ENV: {NOTES: "+f.notes+", ", 1)
	scan := f.scan(t, input(all), f.hosts(workers...), more+"jobs: 20\n")

	cmd := f.start(t, "apply", scan)
	prefix := f.prefix("audit")
	commands := f.awaitWorkers(t, cmd, workers...)
	if err := os.WriteFile(filepath.Join(f.notes, "seen"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if log := read(t, filepath.Join(f.notes, "log")); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	run := one(t, filepath.Join(prefix, ".run-*"))
	for i, chunk := range chunks {
		wantCommands(t, commands[i], workers[i].Home("root"), f.share, run, chunk, one(t, filepath.Join(prefix, "input", "*", chunk)))
	}
	compareResults(t, filepath.Join(prefix, "*", "output", "*", "*", "hosts_"), byClass(all))
	compareTree(t, prefix, chunks...)
	compareHooks(t, f.scene, prefix, chunks...)
	var addrs string
	for _, m := range workers {
		addrs += m.Addr + "\n"
	}
	if got := read(t, filepath.Join(prefix, ".whosts")); got != addrs {
		t.Errorf(".whosts is %q, want %q", got, addrs)
	}
	wantQuiet(t, workers...)
	wantPrivate(t, workers[0].Home("root"))
}

// wantCommands holds the processes of a worker host against the classic words.
func wantCommands(t *testing.T, got, home, share, run, chunk, file string) {
	t.Helper()
	suffix := strings.TrimPrefix(filepath.Base(run), ".run-") + "." + chunk
	for _, want := range []string{
		`(?m)^SCREEN -dm -c ` + regexp.QuoteMeta(".screenrc.scanslave."+suffix) + ` -e\^Ww$`,
		`(?m)^` + regexp.QuoteMeta(home) + `/\.cache/scanmaster/[0-9a-f]{64}/scanmaster worker -A pubkey -d ` +
			regexp.QuoteMeta(share+" -r "+run+"/remote -p "+run+"/post_chunk -n 20 audit "+file+" -- -I") + `$`,
	} {
		if !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("for %s there is no\n%s among\n%s", chunk, want, got)
		}
	}
}

// wantPrivate wants what is left in a worker's home to be its user's alone.
func wantPrivate(t *testing.T, home string) {
	t.Helper()
	cache := filepath.Join(home, ".cache", "scanmaster")
	info, err := os.Stat(cache)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%s: %v (%v)", cache, info, err)
	}
	if rcs, _ := filepath.Glob(filepath.Join(home, ".screenrc*")); len(rcs) > 0 {
		t.Errorf("left in the home: %q", rcs)
	}
}
