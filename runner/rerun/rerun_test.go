package rerun_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
	"scanmaster/runner/rerun"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

const (
	first = "20260102T150405.000Z-aaaaaa"
	next  = "20260103T150405.000Z-bbbbbb"
)

// came gives what came of a target by its name; nothing for others.
func came(t chunk.Target) (result.Outcome, io.Reader, bool) {
	at := time.Date(2026, 1, 2, 15, 5, 0, 0, time.UTC)
	o := result.Outcome{Phase: result.PhaseRun, Start: at, RunMS: 12, Stdout: 5}
	switch strings.TrimRight(t.Host, "0123456789") {
	case "ok":
		o.Class = result.OK
		return o, strings.NewReader("out of " + t.Host + "\nand more\n"), true
	case "bad":
		o.Class, o.Status = result.Exit, 3
		return o, strings.NewReader("::error::\x1b[2J\n"), true
	case "closed":
		return result.Outcome{Class: result.NoSSHD, Phase: result.PhaseConnect, Reason: result.ReasonRefused, Detail: "refused", Start: at}, nil, true
	}
	return o, nil, false
}

// lay leaves a run of two chunks.
func lay(t *testing.T) *pasttest.Scan {
	t.Helper()
	s := pasttest.New(t, "audit")
	s.Run(first,
		pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "# all\nok1 10.0.0.1\nbad1\nclosed1 10.0.0.3\n", Came: came},
		pasttest.Chunk{Name: "xab", Worker: "scan2", List: "ok2\nnobody1\nbad2 10.0.0.6\n", Came: came},
	)
	return s
}

// source opens a scan's run, of which some words are scanned again.
func source(t *testing.T, s *pasttest.Scan, words ...string) rerun.Source {
	t.Helper()
	run, err := past.Open(t.Context(), s.Dir, s.Name, first)
	run = pasttest.Opened(t, run, err)
	again, err := past.Select(words)
	if err != nil {
		t.Fatal(err)
	}
	return rerun.Source{Run: run, Again: again}
}

func TestThoseThatAreNamedAndThoseWithoutAnOutcomeAreScannedAgain(t *testing.T) {
	for words, want := range map[string]string{
		"exit_3":         "bad1\nnobody1\nbad2 10.0.0.6\n",
		"refused":        "closed1 10.0.0.3\nnobody1\n",
		"failed,nosshd":  "bad1\nclosed1 10.0.0.3\nnobody1\nbad2 10.0.0.6\n",
		"missing":        "nobody1\n",
		"ok,failed,exit": "ok1 10.0.0.1\nbad1\nok2\nnobody1\nbad2 10.0.0.6\n",
	} {
		var again, stays bytes.Buffer
		from := source(t, lay(t), strings.Split(words, ",")...)
		scanned, stay, err := from.Lines(t.Context(), &again)
		if err != nil || again.String() != want || scanned != int64(strings.Count(want, "\n")) || scanned+stay != 6 {
			t.Errorf("%s: %d, %d, %v\n%s", words, scanned, stay, err, again.String())
		}
		if err := from.Staying(t.Context(), &stays); err != nil || int64(strings.Count(stays.String(), "\n")) != stay {
			t.Errorf("%s: %v, staying are\n%s", words, err, stays.String())
		}
	}
}

// into makes a chunk of what stays of the run.
func into(t *testing.T, s *pasttest.Scan, from rerun.Source) (rerun.Chunk, *share.Dir, rerun.To) {
	t.Helper()
	prefix, err := share.Open(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = prefix.Close() }) // it was read, or the test has failed
	to := rerun.To{
		Prefix: prefix, Chunk: "xac", Host: "master",
		Layout: job.Layout{Dir: s.Dir, Name: s.Name, Run: next, Min: "202601031504"},
		Now:    func() time.Time { return time.Date(2026, 1, 3, 15, 5, 0, 0, time.Local) },
	}
	made, err := from.Into(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	return made, prefix, to
}

func TestWhatStaysIsAChunkAsAWorkerLeavesIt(t *testing.T) {
	s := lay(t)
	made, prefix, to := into(t, s, source(t, s, "exit_3"))
	if diff := cmp.Diff(map[string]int64{"ok": 2, "nosshd": 1}, made.Counts); diff != "" || made.Lines != 3 || made.Folder != "202601031505.xac" {
		t.Errorf("made %+v %s", made, diff)
	}
	work, err := prefix.Sub(made.Folder)
	if err != nil {
		t.Fatal(err)
	}
	defer work.Close()
	audited, err := result.AuditFolder(work, made.Lines)
	if err != nil || audited.Missing != 0 || audited.Torn != nil || audited.Header.Run != next || audited.Header.Chunk != "xac" {
		t.Errorf("%+v, %v", audited, err)
	}
	for path, want := range map[string]string{
		"input/202601031504/xac":                                         "ok1 10.0.0.1\nclosed1 10.0.0.3\nok2\n",
		"202601031505.xac/output/input":                                  "ok1 10.0.0.1\nclosed1 10.0.0.3\nok2\n",
		"202601031505.xac/input/202601031505/xaa":                        "ok1 10.0.0.1\nclosed1 10.0.0.3\nok2\n",
		"202601031505.xac/output/202601031505/xaa/hosts_ok":              "ok1,10.0.0.1,out of ok1\nand more\nok2,,out of ok2\nand more\n",
		"202601031505.xac/output/202601031505/xaa/hosts_nosshd":          "closed1 10.0.0.3\n",
		"202601031505.xac/output/202601031505/xaa/hosts_checked":         "ok1 10.0.0.1\nclosed1 10.0.0.3\nok2\n",
		pasttest.Folder("xaa") + "/output/202601021505/xaa/hosts_exit_3": "bad1,,::error::\x1b[2J\n",
	} {
		if got, err := os.ReadFile(s.Path(path)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	if job.Digest([]byte("ok1 10.0.0.1\nclosed1 10.0.0.3\nok2\n")) != made.SHA256 {
		t.Errorf("its digest is %s", made.SHA256)
	}
	if _, err := os.Stat(s.Path(made.Folder, job.Done)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is done before it is finished: %v", err)
	}
	mark := job.DoneMark{Run: next, Chunk: "xac", Lines: 3, Outcomes: 3, Counts: made.Counts}
	if err := rerun.Finish(to, made.Folder, mark); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(s.Path(made.Folder, job.Done))
	if got, ok := job.ParseDone(data); err != nil || !ok || got.Outcomes != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAllThatIsKnownOfATargetStays has what the record holds beyond the classic files.
func TestAllThatIsKnownOfATargetStays(t *testing.T) {
	s := lay(t)
	made, prefix, _ := into(t, s, source(t, s, "exit_3"))
	work, err := prefix.Sub(made.Folder)
	if err != nil {
		t.Fatal(err)
	}
	defer work.Close()
	record, err := work.OpenFile(job.Record, os.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	var got []result.Outcome
	for o, err := range result.Outcomes(record) {
		if err != nil {
			t.Fatal(err)
		}
		o.File, o.Offset, o.Length, o.Sum = "", 0, 0, 0
		got = append(got, o)
	}
	at := time.Date(2026, 1, 2, 15, 5, 0, 0, time.UTC)
	want := []result.Outcome{
		{Line: 1, Host: "ok1", IP: "10.0.0.1", Class: result.OK, Phase: result.PhaseRun, Start: at, RunMS: 12, Stdout: 5},
		{Line: 2, Host: "closed1", IP: "10.0.0.3", Class: result.NoSSHD, Phase: result.PhaseConnect, Reason: result.ReasonRefused, Detail: "refused", Start: at},
		{Line: 3, Host: "ok2", Class: result.OK, Phase: result.PhaseRun, Start: at, RunMS: 12, Stdout: 5},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsGoneIsNotTakenForScanned(t *testing.T) {
	for name, take := range map[string]func(s *pasttest.Scan) string{
		"a folder":        func(s *pasttest.Scan) string { return s.Path(pasttest.Folder("xab")) },
		"a record":        func(s *pasttest.Scan) string { return s.Path(pasttest.Folder("xab"), job.Record) },
		"folder and list": func(s *pasttest.Scan) string { return s.Path(job.Input) },
	} {
		s := lay(t)
		if err := os.RemoveAll(take(s)); err != nil {
			t.Fatal(err)
		}
		if name == "folder and list" {
			if err := os.RemoveAll(s.Path(pasttest.Folder("xab"))); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err := source(t, s, "exit_3").Lines(t.Context(), io.Discard)
		gone := new(rerun.GoneError)
		if !errors.As(err, &gone) || gone.Targets < 3 || !strings.Contains(err.Error(), "is not there any more") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOutputThatWasChangedIsNotTakenOver(t *testing.T) {
	s := lay(t)
	path := s.Path(pasttest.Out("xaa"), "hosts_ok")
	if err := os.WriteFile(path, []byte("ok1,10.0.0.1,forged it\nand more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	prefix, err := share.Open(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer prefix.Close()
	_, err = source(t, s, "exit_3").Into(t.Context(), rerun.To{
		Prefix: prefix, Chunk: "xac", Layout: job.Layout{Dir: s.Dir, Name: s.Name, Run: next, Min: "202601031504"}, Now: time.Now,
	})
	if !errors.Is(err, past.ErrChanged) || !strings.Contains(err.Error(), "target 1 of run "+first) {
		t.Errorf("got %v", err)
	}
}

func TestTheEndOfTheContextEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	from := source(t, lay(t), "exit_3")
	cancel()
	if _, _, err := from.Lines(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := from.Staying(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
