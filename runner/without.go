package runner

import (
	"context"
	"fmt"

	"scanmaster/runner/job"
	"scanmaster/spec"
)

// mayDoWithout tells that a host may work that doesn't see the shared folder. A
// classic scanslave knows of no other.
func (b *prober) mayDoWithout(at *away) bool {
	return (b.step.Share == spec.ShareAuto || b.step.Share == "") && !at.classic
}

// doWithout looks whether a host can work without the shared folder: files go to
// its user's home by SFTP, and what it leaves comes back so.
func (b *prober) doWithout(ctx context.Context, p *Probed, at *away) {
	if at.classic {
		p.refused(job.AboutShare, fmt.Sprintf("%s is of the classic suite, which needs the shared folder: leave share: none away, or deploy: never",
			p.Facts.Scanslave.Path))
		return
	}
	h := at.at()
	home, err := h.Look(ctx, p.Facts.Home)
	if err != nil {
		p.refused(job.AboutLogin, err.Error())
		return
	}
	files, err := h.Files(ctx)
	if err != nil {
		p.refused(job.AboutShare, fmt.Sprintf("it doesn't see %s, and files can't go there by SFTP (%v): mount the share, or have sshd there serve it (Subsystem sftp internal-sftp)",
			b.step.Dir, err))
		return
	}
	files.Close()
	p.Facts.Dir = home.Dir
	p.Facts.Dir.Instead = true
	p.Reasons = p.Facts.Refuse(b.need)
	at.apart, at.home = true, p.Facts.Home
	p.found(job.AboutShare, "does without: files go to %s there and come by SFTP", p.Facts.Home)
}

// without says how many of the workers that can work do without the shared
// folder; empty where none does.
func without(probed []Probed) string {
	n := 0
	for _, p := range probed {
		if at, ok := p.at.(*away); ok && at.apart && len(p.Reasons) == 0 {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d without the shared folder: files go and come by SFTP", n)
}
