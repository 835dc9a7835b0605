package runner

import (
	"fmt"
	"time"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// latePart is which part of a lease files may show late without a word about it: a
// sign of life that is seen so late is renewed before the lease is over.
const latePart = 4

// late tells how late files show that one side writes and the other reads, and what
// that means for who waits for them.
func (b *prober) late(p *Probed, there, back time.Duration) {
	seen := fmt.Sprintf("what is written here is seen there within %v, and back within %v", tenths(there), tenths(back))
	if worst := max(there, back); b.lease > 0 && worst > b.lease/latePart {
		p.Warnings = append(p.Warnings, job.Finding{About: job.AboutShare, Text: fmt.Sprintf(
			"%s: signs of life are that old when they are seen, and lease is %v: lease: %v bears that, or mount the share with less caching (actimeo)",
			seen, spec.Duration(b.lease), spec.Duration((latePart*worst).Round(time.Second)+time.Second))})
		return
	}
	p.found(job.AboutShare, "%s (lease %v, poll %v)", seen, spec.Duration(b.lease), spec.Duration(b.poll))
}

// tenths is a length of time as precisely as it is known: a question takes some, too.
func tenths(d time.Duration) time.Duration {
	return d.Truncate(100*time.Millisecond) + 100*time.Millisecond
}

// foundHere takes in what is well with this machine, as far as nothing is wrong.
func (p *Probed) foundHere() {
	if len(p.Reasons) > 0 {
		return
	}
	p.found(job.AboutLogin, "this machine, as %s (uid %d)", p.Facts.User, p.Facts.UID)
	p.found(job.AboutProgram, "this binary")
	p.found(job.AboutShare, "%s is the master's own", p.Facts.Dir.Path)
	if room := p.Facts.Dir.Room(); room != "" {
		p.found(job.AboutRoom, "%s", room)
	}
}
