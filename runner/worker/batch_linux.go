package worker

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Batch has the kernel take this process for one that computes
// (sched_setscheduler(2), SCHED_BATCH): it doesn't break in on who runs with each
// packet that comes for it, but finds many when its turn comes. Where several
// workers, or the targets themselves, share a machine that saves most changes
// from one process to another, and whoever else works there is less disturbed.
// Its children inherit that. What can't be had is done without.
func Batch() {
	// Threads that begin later are as those that begin them, which may be one
	// that has had no turn yet.
	for range 2 {
		batchThreads()
	}
}

func batchThreads() {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, task := range tasks {
		id, err := strconv.Atoi(task.Name())
		if err != nil {
			continue
		}
		// Who has chosen another policy for us knows why.
		if now, err := unix.SchedGetAttr(id, 0); err == nil && now.Policy == unix.SCHED_NORMAL {
			now.Policy = unix.SCHED_BATCH
			_ = unix.SchedSetAttr(id, now, 0) // see above
		}
	}
}
