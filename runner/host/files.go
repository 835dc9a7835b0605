package host

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/remote"
)

//go:embed sums.sh
var sumsScript string

// Files opens the host's files, until ctx ends. The caller closes what it gives,
// before the host.
func (h *Host) Files(ctx context.Context) (*remote.Files, error) {
	return h.conn.Files(ctx, h.answer)
}

// Beginning is the first Size bytes of a file of a host.
type Beginning struct {
	Path string
	Size int64
}

// maxSums is how many digests are asked for at a time: what is asked has to fit
// into a script, and the answers into an answer.
const maxSums = 200

// Sums gives the SHA-256, as hexadecimal digits, of the beginnings of files, in
// their order; empty for one that isn't there, or is shorter.
func (h *Host) Sums(ctx context.Context, files []Beginning) ([]string, error) {
	sums := make([]string, 0, len(files))
	for len(files) > 0 {
		some := files[:min(len(files), maxSums)]
		files = files[len(some):]
		got, err := h.sums(ctx, some)
		if err != nil {
			return nil, err
		}
		sums = append(sums, got...)
	}
	return sums, nil
}

// slowest is how many bytes a second a host reads and hashes at the least.
const slowest = 5 << 20

func (h *Host) sums(ctx context.Context, files []Beginning) ([]string, error) {
	var list strings.Builder
	within := h.answer
	for _, f := range files {
		within += time.Duration(f.Size/slowest) * time.Second
		fmt.Fprintf(&list, "sum %d %s || return\n", f.Size, job.Quote(f.Path))
	}
	a, err := h.askWithin(ctx, within, digestScript+sumsScript+list.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("compare what was copied: %w", err)
	}
	sums := strings.Split(a[wordsKey], "\n")
	if len(sums) != len(files) {
		return nil, fmt.Errorf("%w: %d digests of %d files", errAnswer, len(sums), len(files))
	}
	for i, sum := range sums {
		if sum == missing {
			sums[i] = ""
		}
	}
	return sums, nil
}

// missing stands where there is no digest.
const missing = "-"

//go:embed discard.sh
var discardScript string

// Discard removes a folder of ours below ~/.cache/scanmaster on the host, and all
// that is in it. One that isn't there is no error.
func (h *Host) Discard(ctx context.Context, dir string) error {
	if _, err := h.ask(ctx, discardScript, vars{"dir": dir}); err != nil {
		return fmt.Errorf("remove %s: %w", dir, err)
	}
	return nil
}
