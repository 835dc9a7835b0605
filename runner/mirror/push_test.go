package mirror

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
)

// push brings there what a worker reads, and gives what there is then, below the
// folder of the host's own.
func (p *pair) push() map[string]string {
	p.t.Helper()
	if err := p.Push(p.t.Context(), p.host, "job.json", []byte("a job\n")); err != nil {
		p.t.Fatal(err)
	}
	return tree(p.t, p.cfg.There.Dir)
}

func TestAWorkerGetsWhatItReads(t *testing.T) {
	p := newPair(t)
	run := p.cfg.Here.RunDir()
	for path, text := range map[string]string{
		run + "/remote": "#!/bin/sh\n", run + "/post_chunk": "#!/bin/sh\n", run + "/log.xaa": "said\n", run + "/log.xab": "of another\n",
		run + "/journal": "the master's\n", p.cfg.Here.HostKeyFile("xab"): "a key\n",
	} {
		write(t, path, text, 0)
	}
	if err := os.Chmod(run+"/post_chunk", 0o700); err != nil {
		t.Fatal(err)
	}
	got, there := p.push(), "chunked/s/"+job.RunPrefix+p.cfg.Here.Run+"/"
	want := map[string]string{
		there + "job.json": "a job\n", there + "remote": "#!/bin/sh\n", there + "post_chunk": "#!/bin/sh\n", there + "log.xaa": "said\n",
		"chunked/s/input/202611242359/xaa": "web1\nweb2\n", ".scanmaster/host_keys/s.xab": "a key\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	info, err := os.Stat(filepath.Join(p.cfg.There.RunDir(), "post_chunk"))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v: want that it can be executed by its user alone", info, err)
	}
}

// TestAWorkerGoesOnWithWhatEarlierOnesHaveLeft, but for what tells that one of them
// is at it.
func TestAWorkerGoesOnWithWhatEarlierOnesHaveLeft(t *testing.T) {
	p := newPair(t)
	stays := map[string]string{job.Record: "1 ok\n", output + "hosts_ok": "first\n", "more/file": "of a hook\n"}
	for name, text := range stays {
		write(t, p.here(name), text, 0)
	}
	for _, name := range []string{job.Slave, job.Progress, job.Done, fetched, ".new-X"} {
		write(t, p.here(name), "of before\n", 0)
	}
	p.push()
	if diff := cmp.Diff(stays, tree(t, p.there(""))); diff != "" {
		t.Error(diff)
	}
	f := p.again().follow()
	f.whole() // nothing is removed here before it has begun
	p.works(job.Progress, "beat 1\n")
	if err := os.RemoveAll(p.there("more")); err != nil {
		t.Fatal(err)
	}
	f.finish()
}

func TestAHostThatTakesNothingSaysSo(t *testing.T) {
	p := newPair(t)
	write(t, p.cfg.There.Prefix(), "in the way", 0)
	err := p.Push(t.Context(), p.host, "job.json", nil)
	if refused := new(remote.Error); !errors.As(err, &refused) || refused.Kind != remote.KindDenied {
		t.Errorf("%v: want a refusal", err)
	}
	if err := os.Remove(p.cfg.Here.Chunk("xaa")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(p.cfg.Here.ChunkDir()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(p.cfg.There.Prefix()); err != nil {
		t.Fatal(err)
	}
	if err := p.Push(t.Context(), p.host, "job.json", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v: want that the chunk isn't here", err)
	}
}
