package result

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scanmaster/runner/chunk"
	"scanmaster/runner/share"
)

// heirEnv makes the test binary a process that goes on with a ledger until
// each line of its chunk has an outcome; its value is the chunk's folder.
const heirEnv = "RESULT_TEST_HEIR"

// estate is how many lines the heirs' chunk has.
const estate = 4000

func estateLines() *chunk.Reader {
	var b strings.Builder
	for line := range estate {
		fmt.Fprintf(&b, "host%d 10.0.0.1\n", line+1)
	}
	return chunk.NewReader(strings.NewReader(b.String()))
}

// heir goes on where the one before it was killed.
func heir(path string) int {
	err := func() error {
		work, err := share.Open(path)
		if err != nil {
			return err
		}
		out, err := work.Make("output", "202601021504", "xaa")
		if err != nil {
			return err
		}
		l, _, err := Resume(work, out, header, estateLines())
		if err != nil {
			return err
		}
		return errors.Join(l.writeTheRest(), l.Close())
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (l *Ledger) writeTheRest() error {
	var next atomic.Int64
	ended := make(chan error)
	for range 4 {
		go func() {
			var err error
			for line := next.Add(1); line <= estate && err == nil; line = next.Add(1) {
				if !l.Has(line) {
					err = l.writeOne(line)
				}
			}
			ended <- err
		}()
	}
	var errs []error
	for range 4 {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}

func TestKilledAgainAndAgainEachLineIsThereOnce(t *testing.T) {
	path := t.TempDir()
	killed := 0
	for done := false; !done; {
		done = bequeath(t, path)
		if !done {
			killed++
		}
	}
	t.Logf("killed %d times", killed)
	if killed == 0 {
		t.Error("it was never killed")
	}
	wantClaimedLines(t, path)
	work, _ := folders(t, path)
	a, err := AuditFolder(work, estate)
	if err != nil || a.Missing != 0 || a.Torn != nil {
		t.Errorf("%d missing, torn %v: %v", a.Missing, a.Torn, err)
	}
	checked := slices.Sorted(strings.Lines(resultFile(t, path, "hosts_checked")))
	if len(checked) != estate || len(slices.Compact(checked)) != estate {
		t.Errorf("hosts_checked has %d lines", len(checked))
	}
}

// bequeath lets an heir go on, and kills it at some instant after it has begun
// to write; true where it came to its end.
func bequeath(t *testing.T, path string) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), heirEnv+"="+path)
	stderr := new(bytes.Buffer)
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	if _, err := stdout.Read(buf); err == nil {
		time.AfterFunc(rand.N(30*time.Millisecond), cancel)
	}
	for err == nil {
		_, err = stdout.Read(buf)
	}
	err = cmd.Wait()
	if stderr.Len() > 0 {
		t.Fatalf("%v: %s", err, stderr)
	}
	return err == nil
}
