package worker

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot tells the time by a clock that is never set, and goes on while the
// host sleeps (clock_gettime(2)).
func sinceBoot() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return time.Since(programStart)
	}
	return time.Duration(now.Nano())
}

// programStart is for kernels without that clock.
var programStart = time.Now()
