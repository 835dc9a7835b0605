package worker

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
)

// fileTree is a file system of files with their texts.
func fileTree(files map[string]string) fs.FS {
	root := make(fstest.MapFS)
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

const meminfo = "MemTotal:       8000000 kB\nMemFree:         100000 kB\nMemAvailable:   4096000 kB\n"

func TestWhatMemoryIsLeftIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		mib   int64
		of    string
	}{
		"a machine":         {map[string]string{"proc/meminfo": meminfo}, 4000, "this machine"},
		"no such machine":   {nil, 0, ""},
		"an old machine":    {map[string]string{"proc/meminfo": "MemFree: 1 kB\n"}, 0, ""},
		"without a limit":   {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n"}, 4000, "this machine"},
		"limited":           {limited("a/b", "524288000", "0"), 500, "its control group"},
		"limited, by cache": {limited("a/b", "1048576000", "104857600"), 100, "its control group"},
		"above its limit":   {limited("a/b", "2097152000", "0"), 0, "its control group"},
		"limited above":     {limited("a", "524288000", "0"), 500, "its control group"},
		"in a container":    {limited("", "524288000", "0"), 500, "its control group"},
		"of the first version": {map[string]string{
			"proc/meminfo": meminfo, "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/docker/1\n0::/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "314572800\n", "sys/fs/cgroup/memory/memory.usage_in_bytes": "104857600\n",
		}, 200, "its control group"},
	} {
		room, of, ok := available(fileTree(c.files))
		if room>>20 != c.mib || of != c.of || ok != (c.of != "") {
			t.Errorf("%s: %d MiB of %q, %v; want %d of %q", name, room>>20, of, ok, c.mib, c.of)
		}
	}
}

// limited is a process of the group a/b, where a group, this one or one around it,
// has a limit of 1000 MiB.
func limited(group, usage, cache string) map[string]string {
	folder := strings.TrimSuffix("sys/fs/cgroup/"+group, "/")
	return map[string]string{
		"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n",
		folder + "/memory.max": "1048576000\n", folder + "/memory.current": usage + "\n",
		folder + "/memory.stat": "anon 1\ninactive_file " + cache + "\n",
	}
}

func TestTheMostThatAWorkerTakesHasItsReason(t *testing.T) {
	much := strings.Replace(meminfo, "4096000", "40960000", 1)
	for name, c := range map[string]struct {
		openFiles uint64
		files     map[string]string
		jobs      int
		why       string
	}{
		"a large machine":    {1 << 20, map[string]string{"proc/meminfo": much}, 4096, "no worker takes more"},
		"few files":          {1024, map[string]string{"proc/meminfo": much}, 234, "no more files may be open (ulimit -n)"},
		"no files":           {10, map[string]string{"proc/meminfo": much}, 1, "no more files may be open (ulimit -n)"},
		"little memory":      {1 << 20, map[string]string{"proc/meminfo": "MemAvailable: 40960 kB\n"}, 102, "more, at 100 KiB each, is over a quarter of the 40 MiB of memory that this machine has left"},
		"no memory":          {1 << 20, map[string]string{"proc/meminfo": "MemAvailable: 0 kB\n"}, 1, "more, at 100 KiB each, is over a quarter of the 0 MiB of memory that this machine has left"},
		"memory that is not": {1 << 20, nil, 1024, "how much memory there is can't be read here"},
	} {
		if got := autoCeiling(c.openFiles, fileTree(c.files)); got.jobs != c.jobs || got.why != c.why {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAWorkerFindsOutHowManyItCanBear(t *testing.T) {
	s := newScene(t)
	for range 10 {
		s.add(t, "web", fleet.Behaviour{Kind: fleet.Canned})
	}
	s.Args.Jobs = job.JobsAuto
	s.staged(t)
	var sizes []int
	s.Sized = func(jobs int) { sizes = append(sizes, jobs) }
	if mark := s.work(t); mark.Counts["ok"] != 10 {
		t.Errorf("counted %v", mark.Counts)
	}
	if len(sizes) == 0 || sizes[0] < 1 || !strings.Contains(s.said.String(), "targets at a time, and takes up to ") {
		t.Errorf("told of %d; it says\n%s", sizes, s.said)
	}
}

// TestFewFilesKeepNobodyFromFindingOut: who takes what there is lacks nothing, unless
// there is nothing.
func TestFewFilesKeepNobodyFromFindingOut(t *testing.T) {
	c := Config{Args: job.Args{Jobs: job.JobsAuto}}
	for limit, wrong := range map[uint64]int{reserve: 1, reserve + 10: 0, 1 << 20: 0} {
		var f job.Fitness
		if c.fitFiles(&f, limit); len(f.Wrong) != wrong || len(f.Warnings) != 0 {
			t.Errorf("%d files: %+v", limit, f)
		}
	}
}
