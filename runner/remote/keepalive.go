package remote

import (
	"fmt"
	"time"
)

// maxMissed is how many questions in a row may stay without an answer, as
// ServerAliveCountMax of ssh_config(5).
const maxMissed = 3

// keepAliveRequest is answered by all servers, if only by a refusal.
const keepAliveRequest = "keepalive@openssh.com"

// silentError tells that a host no longer answers.
type silentError struct{ every time.Duration }

func (e *silentError) Error() string {
	return fmt.Sprintf("the host has answered nothing for %v", maxMissed*e.every)
}

// keepAlive asks the host now and then whether it is there, until the
// connection ends, and gives it up where no answer comes. A line that was cut
// is told by nothing else.
func (c *Conn) keepAlive(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	answered := make(chan struct{}, 1)
	waiting, missed := false, 0
	for {
		select {
		case <-c.ended:
			return
		case <-answered:
			waiting, missed = false, 0
		case <-tick.C:
			if !waiting {
				waiting = true
				c.running.Go(func() {
					// A refusal is an answer, and a failure ends all.
					_, _, _ = c.ssh.SendRequest(keepAliveRequest, true, nil)
					answered <- struct{}{}
				})
				continue
			}
			if missed++; missed == maxMissed {
				c.giveUp(&silentError{every})
				return
			}
		}
	}
}
