package runner

import (
	"context"
	"fmt"
	"net"
)

// agent looks whether the ssh-agent answers that workers on this machine use.
func (r *run) agent(ctx context.Context) (string, error) {
	if r.cfg.AgentSocket == "" {
		return "none: key files only", nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", r.cfg.AgentSocket)
	if err != nil {
		r.report(Warning{Text: fmt.Sprintf("the ssh-agent doesn't answer: %v", err)})
		return "none: key files only", nil
	}
	return r.cfg.AgentSocket, conn.Close()
}
