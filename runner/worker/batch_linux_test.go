package worker

import (
	"os"
	"runtime"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAllThreadsAndThoseToComeAreOfABatch(t *testing.T) {
	nice, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		t.Fatal(err)
	}
	Batch()
	began := make(chan int)
	go func() {
		runtime.LockOSThread() // it ends with its thread, which others then begin
		began <- unix.Gettid()
	}()
	<-began
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		id, err := strconv.Atoi(task.Name())
		if err != nil {
			t.Fatal(err)
		}
		now, err := unix.SchedGetAttr(id, 0)
		if err != nil {
			continue // it has ended
		}
		if now.Policy != unix.SCHED_BATCH {
			t.Errorf("thread %d: policy %d", id, now.Policy)
		}
	}
	if now, err := unix.Getpriority(unix.PRIO_PROCESS, 0); err != nil || now != nice {
		t.Errorf("niceness %d has become %d, %v", nice, now, err)
	}
}
