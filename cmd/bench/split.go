package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// pieces are how many chunks a list is split into.
const pieces = 64

// split times how a scan reads, judges, counts and deals out a long list with
// comments and blanks in it, against split(1) and wc(1), which copy and count
// bytes.
func split(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 10_000_000
	}
	return on(ctx, 0, func(g *ground) error { return g.splitOf(ctx, o) })
}

func (g *ground) splitOf(ctx context.Context, o options) error {
	list, err := g.longList(o.targets)
	if err != nil {
		return err
	}
	heading(o, fmt.Sprintf("%d chunks", pieces))
	var theirs, ours []float64
	for round := range o.pairs {
		plain, err := g.plainSplit(ctx, list)
		if err != nil {
			return err
		}
		check, deal, err := g.scanSplit(ctx, list)
		if err != nil {
			return err
		}
		theirs, ours = append(theirs, plain.Seconds()), append(ours, (check+deal).Seconds())
		note(fmt.Sprintf("%d of %d: split and wc %.2f s, check %.2f s, split %.2f s", round+1, o.pairs, plain.Seconds(), check.Seconds(), deal.Seconds()))
	}
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = ours[i] / theirs[i]
	}
	fmt.Printf("split -n l/%d and wc -l %.2f s, the steps check and split %.2f s, %.2f times as long\n", pieces, median(theirs), median(ours), median(ratios))
	return nil
}

// longList writes a list with a comment or a blank line after every 20 targets.
func (g *ground) longList(targets int) (string, error) {
	f, err := os.Create(g.path("long.txt"))
	if err != nil {
		return "", err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for n := range targets {
		_, _ = fmt.Fprintf(w, "web%07d.example.com 10.%d.%d.%d\n", n, n>>16&255, n>>8&255, n&255) // Flush tells
		switch n % 40 {
		case 19:
			_, _ = w.WriteString("# another rack\n")
		case 39:
			_, _ = w.WriteString("\n")
		}
	}
	return f.Name(), errors.Join(w.Flush(), f.Close())
}

func (g *ground) plainSplit(ctx context.Context, list string) (time.Duration, error) {
	dir, err := os.MkdirTemp(g.dir, "plain.")
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf(`split -n l/%d "$1" "$2"/ && wc -l <"$1" >/dev/null`, pieces), "sh", list, dir)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(began)
	if err != nil {
		return 0, fmt.Errorf("split(1): %w\n%s", err, out)
	}
	return took, os.RemoveAll(dir)
}

// scanSplit applies a scan until its list is split, and gives how long the two
// steps took that read the list.
func (g *ground) scanSplit(ctx context.Context, list string) (check, deal time.Duration, err error) {
	share, err := os.MkdirTemp(g.dir, "share.")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(share)) }()
	scan, err := g.write("split.yaml", fmt.Sprintf(`version: 1
name: bench
dir: %s
input: %s
remote: remote.sh
hosts: [local]
chunks: %d
targets: {user: root, identity: %s}
checks: {ping: false}
`, share, filepath.Base(list), pieces, g.key))
	if err != nil {
		return 0, 0, err
	}
	took, err := g.until(ctx, scan, "split")
	return took["check"], took["split"], err
}

// until applies a scan, ends it after a step, and gives how long its steps took.
func (g *ground) until(ctx context.Context, scan, last string) (map[string]time.Duration, error) {
	cmd := exec.CommandContext(ctx, g.scanmaster, "apply", "--json", scan)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	var said tail
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	took, began := make(map[string]time.Duration), time.Time{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var e struct {
			Time        time.Time
			Event, Step string
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, err
		}
		switch e.Event {
		case "step_started":
			began = e.Time
		case "step_done":
			took[e.Step] = e.Time.Sub(began)
			if e.Step == last {
				_ = cmd.Process.Signal(os.Interrupt) // it may have ended
				time.Sleep(time.Second / 10)
				_ = cmd.Process.Signal(os.Interrupt)
			}
		}
	}
	_ = cmd.Wait() // it was interrupted
	if _, ok := took[last]; !ok {
		return nil, fmt.Errorf("apply ended before %s: %s", last, said.text)
	}
	return took, nil
}
