package host

import (
	"context"
	_ "embed"
	"fmt"

	"scanmaster/runner/job"
)

//go:embed check.sh
var checkScript string

// Check has a worker of ours look at its own set-up on the host, by a command
// for a shell, as plan.Launch.Check gives it. The error is that it can't be
// asked, in words of the host's, raw.
func (h *Host) Check(ctx context.Context, line string) (job.Fitness, error) {
	a, err := h.ask(ctx, checkScript, vars{"line": line})
	if err != nil {
		return job.Fitness{}, fmt.Errorf("ask what it lacks: %w", err)
	}
	status, err := a.number("status", 10)
	if err != nil {
		return job.Fitness{}, err
	}
	f, err := job.ParseFitness(a[wordsKey], int(status))
	if err != nil {
		return job.Fitness{}, fmt.Errorf("the worker can't say what it lacks (status %d): %w", status, err)
	}
	return f, nil
}
