package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// contender is a program that brings a script to all targets.
type contender struct {
	name string
	// command makes the command of one run, and gives what holds its result
	// against what must be.
	command func(ctx context.Context) (*exec.Cmd, func() error, error)
}

// took is what one run has taken: time, processor time with that of all
// processes that it has waited for, the most memory of one of them, in bytes, and
// the most files that the program itself had open at a time, looked at once a
// second.
type took struct {
	wall, cpu time.Duration
	peak      int64
	open      int
}

// run runs a contender once.
func (c contender) run(ctx context.Context) (took, error) {
	cmd, check, err := c.command(ctx)
	if err != nil {
		return took{}, fmt.Errorf("%s: %w", c.name, err)
	}
	var said tail
	if cmd.Stdout == nil {
		cmd.Stdout = &said
	}
	cmd.Stderr = &said
	began := time.Now()
	open, err := runWatched(cmd)
	t := took{wall: time.Since(began), open: open}
	if err == nil {
		err = check()
	}
	if err != nil {
		return took{}, fmt.Errorf("%s: %w\n%s", c.name, err, said.text)
	}
	state := cmd.ProcessState
	t.cpu = state.UserTime() + state.SystemTime()
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		t.peak = usage.Maxrss << 10 // getrusage(2): in kibibytes on Linux
	}
	return t, nil
}

// runWatched runs a command and tells how many files it had open at the most.
func runWatched(cmd *exec.Cmd) (open int, err error) {
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", cmd.Process.Pid)) // proc(5); it may have ended
			open = max(open, len(files))
			select {
			case <-ended:
				return
			case <-tick.C:
			}
		}
	}()
	err = cmd.Wait()
	close(ended)
	<-watched
	return open, err
}

// tail keeps the last that a program has said.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - 2000; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

// contest runs all contenders in turn, so often, and gives what each of their
// runs has taken.
func contest(ctx context.Context, all []contender, rounds int, progress func(string)) ([][]took, error) {
	took := make([][]took, len(all))
	for round := range rounds {
		for at := range all {
			// Each is first in turn, lest the first has it harder.
			i := (at + round) % len(all)
			t, err := all[i].run(ctx)
			if ctx.Err() != nil {
				return nil, errors.New("interrupted")
			}
			if err != nil {
				return nil, err
			}
			took[i] = append(took[i], t)
			progress(fmt.Sprintf("%d of %d: %s took %.2f s", round+1, rounds, all[i].name, t.wall.Seconds()))
		}
	}
	return took, nil
}

// median is the middle one of the values.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// each gives one figure of every run.
func each(runs []took, figure func(took) float64) []float64 {
	values := make([]float64, len(runs))
	for i, t := range runs {
		values[i] = figure(t)
	}
	return values
}

// ratio is the median of the ratios of the figure in runs of the same round.
func ratio(of, to []took, figure func(took) float64) float64 {
	a, b := each(of, figure), each(to, figure)
	for i := range a {
		a[i] /= b[i]
	}
	return median(a)
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
