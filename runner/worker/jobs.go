package worker

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"

	"scanmaster/runner/job"
)

const (
	// firstPerCPU is how many targets at a time a worker begins with that finds out
	// by itself how many, for each CPU: who waits for the network needs none.
	firstPerCPU = 64
	// maxAuto is the most that it takes.
	maxAuto = 4096
	// maxUnknown is the most where nobody knows how much memory there is.
	maxUnknown = 1024
	// perTarget is what memory one takes, in bytes: its buffers, and the garbage of
	// its handshake.
	perTarget = 100 << 10
	// memoryPart is which part of the memory that is available may be taken.
	memoryPart = 4
)

// upTo is a number of jobs, and why there are no more.
type upTo struct {
	jobs int
	why  string
}

// autoCeiling is the most targets at a time under the machine's limits: of open
// files, and of memory, as root, the file system's root, shows them.
func autoCeiling(openFiles uint64, root fs.FS) upTo {
	files, _ := bounds(maxAuto, openFiles)
	all := []upTo{
		{maxAuto, "no worker takes more"},
		{files, "no more files may be open (ulimit -n)"},
		{maxUnknown, "how much memory there is can't be read here"},
	}
	if room, from, ok := available(root); ok {
		all[2] = upTo{int(min(room/memoryPart/perTarget, maxAuto)), fmt.Sprintf(
			"more, at %d KiB each, is over a quarter of the %d MiB of memory that %s has left", perTarget>>10, room>>20, from)}
	}
	least := slices.MinFunc(all, func(a, b upTo) int { return cmp.Compare(a.jobs, b.jobs) })
	least.jobs = max(1, least.jobs)
	return least
}

// places makes the slots, and who lets them grow where that is this worker's to
// find out.
func (c Config) places() (*slots, *grower) {
	if c.Args.Jobs == job.JobsAuto {
		return c.autoPlaces(openFiles(), autoCeiling(openFiles(), os.DirFS("/")))
	}
	jobs := int(c.Args.Jobs)
	working, silent := bounds(jobs, openFiles())
	if working < jobs {
		c.Log("%d targets at a time instead of %d: no more files may be open (ulimit -n)", working, jobs)
	}
	c.sized(working)
	return newSlots(working, silent), nil
}

// autoPlaces begins with a good number for the CPUs.
func (c Config) autoPlaces(openFiles uint64, most upTo) (*slots, *grower) {
	first := min(firstPerCPU*runtime.GOMAXPROCS(0), most.jobs)
	g := &grower{
		most: most.jobs, cpus: runtime.GOMAXPROCS(0), spent: cpuTime, log: c.Log, sized: c.sized,
		size: func(jobs int) size {
			working, silent := bounds(jobs, openFiles)
			return size{working, silent}
		},
	}
	g.slots = newGrowing(g.size(first), size{most.jobs, perJob * most.jobs})
	c.Log("begins with %d targets at a time, and takes up to %d: %s", first, most.jobs, most.why)
	c.sized(first)
	return g.slots, g
}

func (c Config) sized(jobs int) {
	if c.Sized != nil {
		c.Sized(jobs)
	}
}

func openFiles() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024 // what every system grants
	}
	return limit.Cur
}
