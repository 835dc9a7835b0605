//go:build e2e

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"scanmaster/runner/fleet"
)

// heldHere is a scan of this host alone whose scripts come to no end before they
// are let go. Each of its three workers has two targets, one at a time.
type heldHere struct {
	*scene
	crowd crowd
	scan  string
}

const heldTargetsHere = 6

func holdHere(t *testing.T) *heldHere {
	t.Helper()
	h := &heldHere{scene: newScene(t), crowd: newCrowd(t, all(fleet.Behaviour{}))}
	h.scan = h.crowd.scan(t, h.scene, heldTargetsHere, "hosts: [local, local, local]\njobs: 1\nlease: 10s\npoll: 1s\nchecks: {ping: false}\n")
	h.write(t, "remote.sh", fmt.Sprintf("#!/bin/sh\nuntil [ -e %s/go ]; do sleep 0.1; done\necho done\n", h.notes))
	return h
}

// apply starts it, and waits until its scripts run.
func (h *heldHere) apply(t *testing.T) (*exec.Cmd, string) {
	t.Helper()
	cmd := h.command(t.Context(), "apply", h.scan)
	log := h.begin(t, cmd)
	await(t, "the script on three targets", func() bool { return h.crowd.executions(heldTargetsHere) == 3 })
	awaitSaid(t, log, "0/3 workers done")
	return cmd, log
}

// letGo lets the scripts come to their end.
func (h *heldHere) letGo(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.notes, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantDone wants each target to be done once.
func (h *heldHere) wantDone(t *testing.T) {
	t.Helper()
	h.wantOutputs(t, heldTargetsHere, func(i int) string { return fmt.Sprintf("host%d,%s,done", i, h.crowd.addr(i)) })
}
