package result

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"scanmaster/runner/share"
)

// victimEnv makes the test binary a process that writes a ledger until it is
// killed; its value is the chunk's folder.
const victimEnv = "RESULT_TEST_VICTIM"

// limitEnv is how large a victim's files may grow, in bytes: a disk that is
// full at once, and takes a part of what is written before it says so.
const limitEnv = "RESULT_TEST_LIMIT"

// victim prints each line's number once the ledger has taken its outcome.
func victim(path string) int {
	err := func() error {
		if limit, err := strconv.ParseUint(os.Getenv(limitEnv), 10, 64); err == nil {
			signal.Ignore(syscall.SIGXFSZ) // setrlimit(2): then write gives EFBIG
			if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
				return err
			}
		}
		work, err := share.Open(path)
		if err != nil {
			return err
		}
		out, err := work.Make("output", "202601021504", "xaa")
		if err != nil {
			return err
		}
		l, err := Create(work, out, header)
		if err != nil {
			return err
		}
		return errors.Join(l.writeForEver(), l.Close())
	}()
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func (l *Ledger) writeForEver() error {
	var line atomic.Int64
	faults := make(chan error)
	for range 4 {
		go func() {
			for {
				if err := l.writeOne(line.Add(1)); err != nil {
					faults <- err
				}
			}
		}()
	}
	return <-faults
}

func (l *Ledger) writeOne(line int64) error {
	t := target(line, fmt.Sprintf("host%d", line))
	o, output := victimOutcome(line)
	if err := l.Checked(t); err != nil {
		return err
	}
	if o.Class == OK || o.Class == Exit {
		if err := l.Attempt(t); err != nil {
			return err
		}
	}
	if _, err := l.Outcome(o, t, strings.NewReader(output)); err != nil {
		return err
	}
	_, err := fmt.Printf("%d\n", line)
	return err
}

// victimOutcome is what comes of a line: always the same.
func victimOutcome(line int64) (Outcome, string) {
	o := fine(line, fmt.Sprintf("host%d", line))
	switch line % 7 {
	case 0:
		o.Class = NoPing
	case 1:
		o.Class, o.Status = Exit, int(line%3)+1
	}
	text := fmt.Sprintf("output of line %d\n", line)
	if line%50 == 49 {
		return o, strings.Repeat(text, 20_000)
	}
	return o, strings.Repeat(text, int(line%4))
}

// victimLines is what the classic file holds of a line.
func victimLines(line int64) string {
	o, output := victimOutcome(line)
	if o.Class == NoPing {
		return o.Host + " 10.0.0.1\n"
	}
	return o.Host + ",10.0.0.1," + strings.TrimRight(output, "\n") + "\n"
}

// kill starts a victim, kills it at some instant, and gives the lines that it
// said were done.
func kill(t *testing.T, path string) []int64 {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0]) // CommandContext kills with SIGKILL
	cmd.Env = append(os.Environ(), victimEnv+"="+path)
	stderr := new(bytes.Buffer)
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []int64
	var once sync.Once
	in := bufio.NewReader(stdout)
	for {
		text, err := in.ReadString('\n')
		if err != nil { // what was cut off within a line was not said
			break
		}
		var line int64
		if _, err := fmt.Sscan(text, &line); err != nil {
			t.Fatal(err)
		}
		said = append(said, line)
		once.Do(func() { time.AfterFunc(rand.N(40*time.Millisecond), cancel) })
	}
	if err := cmd.Wait(); err == nil || stderr.Len() > 0 {
		t.Fatalf("the victim ended by itself: %v %s", err, stderr)
	}
	return said
}

func TestKillingTheWriterAtAnyInstantLosesNothingWritten(t *testing.T) {
	for range 50 {
		path := t.TempDir()
		said := kill(t, path)
		work, out := folders(t, path)
		rec, err := Recover(work, out)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range said {
			if !rec.Done.Has(line) {
				t.Errorf("line %d was done and is lost", line)
			}
		}
		if n := int64(len(said)); n == 0 || rec.Done.Count() < n || rec.Done.Count() > n+4 {
			t.Errorf("%d outcomes, the victim said %d", rec.Done.Count(), n)
		}
		for _, a := range rec.InFlight {
			if rec.Done.Has(a.Line) {
				t.Errorf("line %d is done and in flight", a.Line)
			}
		}
		wantClaimedLines(t, path)
	}
}

func TestAFullDiskLeavesNothingTorn(t *testing.T) {
	for _, limit := range []string{"100", "5000", "300000", "1000001"} {
		path := t.TempDir()
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), victimEnv+"="+path, limitEnv+"="+limit)
		stderr := new(strings.Builder)
		cmd.Stderr = stderr
		said, err := cmd.Output()
		if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Fatal(err)
		}
		if !strings.Contains(stderr.String(), path) || !strings.Contains(stderr.String(), "file too large") {
			t.Errorf("limit %s: %s", limit, stderr)
		}
		if limit == "100" { // too small for the header
			continue
		}
		work, out := folders(t, path)
		rec, err := Recover(work, out)
		if err != nil || rec.Cut != 0 || rec.Torn != nil {
			t.Errorf("limit %s: cut %d bytes, torn %v: %v", limit, rec.Cut, rec.Torn, err)
		}
		if n := int64(bytes.Count(said, []byte("\n"))); n != rec.Done.Count() {
			t.Errorf("limit %s: %d outcomes, %d said", limit, rec.Done.Count(), n)
		}
		wantClaimedLines(t, path)
	}
}

// wantClaimedLines holds each classic file against the outcomes in the record.
func wantClaimedLines(t *testing.T, path string) {
	t.Helper()
	record, err := os.Open(filepath.Join(path, recordName))
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	want := make(map[string]*strings.Builder)
	for e, err := range Read(record) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == KindOutcome {
			if want[e.Outcome.File] == nil {
				want[e.Outcome.File] = new(strings.Builder)
			}
			_, _ = io.WriteString(want[e.Outcome.File], victimLines(e.Outcome.Line))
		}
	}
	found, err := filepath.Glob(filepath.Join(path, "output/*/xaa/hosts_*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(want)+1 { // hosts_checked is no one's outcome
		t.Errorf("classic files %q, outcomes in %d", found, len(want))
	}
	for name, text := range want {
		if got := resultFile(t, path, name); got != text.String() {
			t.Errorf("%s: %d bytes that are not the %d claimed", name, len(got), text.Len())
		}
	}
}
