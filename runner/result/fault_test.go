package result

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

func TestALineHasOneOutcome(t *testing.T) {
	l := create(t, t.TempDir())
	defer l.Close()
	tg := target(1, "web1")
	var wg sync.WaitGroup
	var mu sync.Mutex
	var taken int
	for range 8 {
		wg.Go(func() {
			if _, err := l.Outcome(fine(1, "web1"), tg, nil); err == nil {
				mu.Lock()
				taken++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if taken != 1 || l.Lines() != 1 || l.Tally().Total() != 1 {
		t.Errorf("%d outcomes taken, %d lines, tally %v", taken, l.Lines(), l.Tally())
	}
	if err := l.Attempt(tg); err == nil {
		t.Error("a line with an outcome was tried again")
	}
}

func TestWhatNoFileIsForIsRefused(t *testing.T) {
	l := create(t, t.TempDir())
	defer l.Close()
	for _, o := range []Outcome{
		{Line: 1, Class: Exit},
		{Line: 1, Class: Exit, Status: 255},
		{Line: 1, Class: Exit, Status: -1},
		{Line: 1, Class: "checked"},
		{Line: 1, Class: "exit_3"},
		{Line: 1},
		{Line: 2, Class: OK},
	} {
		if _, err := l.Outcome(o, target(1, "web1"), nil); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	if _, err := l.Outcome(Outcome{Class: OK}, target(0, "web0"), nil); err == nil {
		t.Error("line 0 was taken")
	}
	if l.Lines() != 0 {
		t.Errorf("%d lines", l.Lines())
	}
}

func TestOutputThatCantBeReadLeavesNothing(t *testing.T) {
	path := t.TempDir()
	l := create(t, path)
	fault := errors.New("spool is gone")
	for _, part := range []string{"", "some", strings.Repeat("much\n", 100_000)} {
		output := io.MultiReader(strings.NewReader(part), iotest.ErrReader(fault))
		if _, err := l.Outcome(fine(1, "web1"), target(1, "web1"), output); !errors.Is(err, fault) {
			t.Fatal(err)
		}
	}
	if _, err := l.Outcome(Outcome{Line: 1, Host: "web1", Class: NoSSH}, target(1, "web1"), nil); err != nil {
		t.Error("no other outcome could be given:", err)
	}
	if _, err := l.Outcome(fine(2, "web2"), target(2, "web2"), nil); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := resultFile(t, path, "hosts_ok"); got != "web2,10.0.0.1,\n" {
		t.Errorf("hosts_ok: %.60q", got)
	}
	work, out := folders(t, path)
	if rec, err := Recover(work, out); err != nil || rec.Cut != 0 || rec.Done.Count() != 2 {
		t.Errorf("cut %d bytes, %d done: %v", rec.Cut, rec.Done.Count(), err)
	}
}

func TestAFileThatTakesNothingBreaksTheLedger(t *testing.T) {
	for _, name := range []string{"hosts_ok", "hosts_checked", ".record"} {
		path := t.TempDir()
		l := create(t, path)
		use := func(line int64) error {
			tg := target(line, fmt.Sprintf("web%d", line))
			if err := l.Checked(tg); err != nil {
				return err
			}
			if err := l.Attempt(tg); err != nil {
				return err
			}
			_, err := l.Outcome(fine(line, tg.Host), tg, strings.NewReader("fine"))
			return err
		}
		if err := use(1); err != nil {
			t.Fatal(err)
		}
		l.mu.Lock()
		file := l.files[name]
		l.mu.Unlock()
		if file == nil {
			file = l.record
		}
		if err := file.file.Close(); err != nil {
			t.Fatal(err)
		}
		err := use(2)
		if !errors.Is(err, fs.ErrClosed) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if l.Lines() != 1 {
			t.Errorf("%s: %d lines, want 1", name, l.Lines())
		}
		if l.Attempt(target(3, "web3")) == nil || l.Checked(target(3, "web3")) == nil {
			t.Errorf("%s: the ledger goes on", name)
		}
		if err := l.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}

func TestAChunkHasOneRecord(t *testing.T) {
	path := t.TempDir()
	filled(t, path)
	work, out := folders(t, path)
	if _, err := Create(work, out, header); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second ledger: %v", err)
	}
}

func TestAClassicFileThatIsThereAlreadyIsNotTaken(t *testing.T) {
	path := t.TempDir()
	l := create(t, path)
	defer l.Close()
	change(t, path, out0+"hosts_ok", adding("somebody else's\n"))
	if _, err := l.Outcome(fine(1, "web1"), target(1, "web1"), nil); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
}

func TestAClosedLedgerTakesNothing(t *testing.T) {
	l := create(t, t.TempDir())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := l.Outcome(fine(1, "web1"), target(1, "web1"), nil)
	if !errors.Is(err, errClosed) || !errors.Is(l.Attempt(target(1, "web1")), errClosed) {
		t.Error(err)
	}
}

func TestSyncsComeASecondApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := t.TempDir()
		l := create(t, path)
		marks := func() int {
			data, err := os.ReadFile(filepath.Join(path, recordName))
			if err != nil {
				t.Fatal(err)
			}
			return strings.Count(string(data), `"k":"s"`)
		}
		for i, want := range []int{1, 1, 1} {
			if err := l.Checked(target(int64(i), "web")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := marks(); got != want {
				t.Errorf("%d syncs after %d writes in no time, want %d", got, i+1, want)
			}
		}
		time.Sleep(2 * syncEvery)
		if got := marks(); got != 2 {
			t.Errorf("%d syncs after two seconds, want 2", got)
		}
		time.Sleep(10 * syncEvery)
		if got := marks(); got != 2 {
			t.Errorf("%d syncs where nothing was written, want 2", got)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
