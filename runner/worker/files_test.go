package worker

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
)

// big is a script that writes more than is held in memory.
const big = "head -c 2097152 /dev/zero | tr '\\0' x"

// kinds is a script that ends in as many ways as it is given arguments.
const kinds = `case $KIND in
lines) printf 'one\r\ntwo\0\n\tthree \\n\n\n\n' ;;
plain) printf 'no newline' ;;
silent) ;;
big) ` + big + ` ;;
stderr) echo seen; head -c 5000 /dev/zero | tr '\0' y >&2; echo end >&2 ;;
three) echo three; exit 3 ;;
unread) exec 0<&-; echo done ;;
esac
`

func TestTheClassicFilesHoldWhatTargetsSaid(t *testing.T) {
	want := map[string]string{
		"hosts_ok": "big,AT," + strings.Repeat("x", 2<<20) + "\n" + "lines,AT,one\n\ntwo\n\tthree \\n\n" +
			"plain,AT,no newline\nsilent,AT,\nstderr,AT,seen\nunread,AT,done\n",
		"hosts_exit_3":  "three,AT,three\n",
		"hosts_nosshd":  "closed AT\n",
		"hosts_checked": "big AT\nclosed AT\nlines AT\nplain AT\nsilent AT\nstderr AT\nthree AT\nunread AT\n",
	}
	s := newScene(t)
	at := map[string]string{"closed": s.add(t, "closed", fleet.Behaviour{Kind: fleet.Closed}).String()}
	for _, kind := range []string{"lines", "plain", "silent", "big", "stderr", "three", "unread"} {
		at[kind] = s.add(t, kind, fleet.Behaviour{}).String()
	}
	// The kind is the target's name, which alone differs: it is found by port.
	script := "case ${SSH_CONNECTION##* } in\n"
	for kind, addr := range at {
		script += addr[strings.LastIndex(addr, ":")+1:] + ") KIND=" + kind + " ;;\n"
	}
	s.Args.Remote = s.write(t, "remote.sh", script+"esac\n"+kinds)
	s.staged(t)
	s.work(t)
	for name, text := range want {
		for kind, addr := range at {
			for _, sep := range []string{",", " "} {
				text = strings.ReplaceAll(text, kind+sep+"AT", kind+sep+addr)
			}
		}
		got := s.results(t, name)
		if !slices.Equal(got, sortedLines(text)) {
			t.Errorf("%s holds %.500q\nwant %.500q", name, got, sortedLines(text))
		}
	}
	outcomes := s.outcomes(t)
	if o := outcomes["stderr"]; o.Stderr != 5004 || !strings.HasSuffix(o.StderrTail, "yyyend\n") || len(o.StderrTail) != tailSize {
		t.Errorf("got %d bytes of stderr, of which %d are kept: %q", o.Stderr, len(o.StderrTail), o.StderrTail)
	}
	if o := outcomes["big"]; o.Stdout != 2<<20 || o.Cut {
		t.Errorf("got %d bytes", o.Stdout)
	}
}

func TestOutputOverTheCapIsCutAndSaidSo(t *testing.T) {
	s := newScene(t)
	at := s.add(t, "web1", fleet.Behaviour{})
	s.Args.Remote = s.write(t, "remote.sh", big)
	s.staged(t)
	s.Job.MaxOutput = 100
	s.work(t)
	want := "web1," + at.String() + "," + strings.Repeat("x", 100) + "\n[scanmaster: output cut after 100 of 2097152 bytes]\n"
	if got := strings.Join(s.results(t, "hosts_ok"), ""); got != strings.Join(sortedLines(want), "") {
		t.Errorf("got %q", got)
	}
	if o := s.outcomes(t)["web1"]; !o.Cut || o.Stdout != 2<<20 {
		t.Errorf("got %+v", o)
	}
}

// TestTheFolderIsWhatHooksAndMastersExpect also has a worker whose clock is
// ahead of the master's.
func TestTheFolderIsWhatHooksAndMastersExpect(t *testing.T) {
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
	s.staged(t)
	mark := s.work(t)
	var got []string
	err := filepath.WalkDir(s.folder(), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			got = append(got, strings.TrimPrefix(path, s.folder()+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		".done", ".holder", ".progress", ".record", "ended", "input/" + workerMin + "/xaa", "output/" + workerMin + "/xaa/hosts_checked",
		"output/" + workerMin + "/xaa/hosts_ok", "output/input", "started",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for _, name := range []string{"input/" + workerMin + "/xaa", "output/input"} {
		if text := read(t, filepath.Join(s.folder(), name)); text != strings.Join(s.lines, "\n") {
			t.Errorf("%s holds %q", name, text)
		}
	}
	for _, name := range []string{"started", "ended"} {
		if text := read(t, filepath.Join(s.folder(), name)); text != "Fri Jan  2 15:04:05 UTC 2026\n" {
			t.Errorf("%s holds %q", name, text)
		}
	}
	done, ok := job.ParseDone([]byte(read(t, filepath.Join(s.folder(), job.Done))))
	if !ok || done.Run != s.Job.Run || done.Chunk != "xab" || done.Host != "scan1" || done.Outcomes != 1 || mark.Lines != 1 {
		t.Errorf("the mark is %+v", done)
	}
	progress, ok := job.ParseProgress([]byte(read(t, filepath.Join(s.folder(), job.Progress))))
	if !ok || progress.Run != s.Job.Run || progress.Done != 1 || progress.Lines != 1 || progress.Counts["ok"] != 1 {
		t.Errorf("the progress is %+v", progress)
	}
	if keys := read(t, filepath.Join(s.share, job.State, job.HostKeys, "audit.xab")); strings.Count(keys, "\n") != 1 {
		t.Errorf("the host keys are %q", keys)
	}
}

func TestUnderAClassicMasterAllIsAsItKnowsIt(t *testing.T) {
	s := newScene(t)
	s.add(t, "login", fleet.Behaviour{})
	same := s.add(t, "x", fleet.Behaviour{})
	s.lines[1] = same.String()
	// A login shell reads the script from stdin, without a command.
	s.Args.Remote = s.write(t, "remote.sh", `echo "$0"`)
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\necho \"$0 $1 $PWD\" >\"$1/said\"\n")
	s.Args.Passthrough = []string{"-P", "-S"}
	s.deal(t)
	s.work(t)
	want := []string{same.String() + ",,/bin/sh\n", strings.Replace(s.lines[0], " ", ",", 1) + ",/bin/sh\n"}
	if got := s.results(t, "hosts_ok"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if text := read(t, filepath.Join(s.folder(), job.Done)); text != "Fri Jan  2 15:04:05 UTC 2026\n" {
		t.Errorf(".done holds %q", text)
	}
	if _, err := os.Stat(filepath.Join(s.folder(), job.Progress)); err == nil {
		t.Error("there is a file of progress that nobody reads")
	}
	if said := read(t, filepath.Join(s.folder(), "said")); said != s.Args.PostChunk+" "+s.folder()+" "+s.folder()+"\n" {
		t.Errorf("the hook was called as %q", said)
	}
}

func TestByNameTheIPFieldStaysEmpty(t *testing.T) {
	s := newScene(t)
	at := s.add(t, "x", fleet.Behaviour{Kind: fleet.Canned})
	s.lines[0] = at.String() + " 192.0.2.1"
	s.Args.Passthrough = []string{"-PI"}
	s.staged(t)
	s.work(t)
	if got := s.results(t, "hosts_ok"); !slices.Equal(got, []string{at.String() + ",,\n"}) {
		t.Errorf("got %q", got)
	}
}

func TestTheRecordSaysWhatWasAttemptedAndWhose(t *testing.T) {
	s := newScene(t)
	s.add(t, "web1", fleet.Behaviour{Kind: fleet.Canned})
	s.add(t, "locked", fleet.Behaviour{Kind: fleet.RefusesKeys})
	s.staged(t)
	s.work(t)
	var attempts []string
	for entry, err := range result.Read(strings.NewReader(read(t, filepath.Join(s.folder(), job.Record)))) {
		if err != nil {
			t.Fatal(err)
		}
		switch entry.Kind {
		case result.KindAttempt:
			attempts = append(attempts, entry.Attempt.Host)
		case result.KindHeader:
			if h := entry.Header; h.Run != s.Job.Run || h.Chunk != "xab" || h.Name != "audit" || h.Host != "scan1" {
				t.Errorf("the header is %+v", h)
			}
		}
	}
	if !slices.Equal(attempts, []string{"web1"}) {
		t.Errorf("the script was sent to %q", attempts)
	}
}
