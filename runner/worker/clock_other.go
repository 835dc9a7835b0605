//go:build !linux

package worker

import "time"

// programStart is when the clock of sinceBoot showed nothing.
var programStart = time.Now()

// sinceBoot tells the time by a clock that is never set, and goes on while the
// process is stopped.
func sinceBoot() time.Duration { return time.Since(programStart) }
