package job_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/job"
)

func TestFitnessComesBackAsItWasSaid(t *testing.T) {
	for _, c := range []struct {
		said   job.Fitness
		status int
	}{
		{job.Fitness{}, 0},
		{job.Fitness{Ping: job.PingSocket, Warnings: []string{"few files"}}, 0},
		{job.Fitness{Ping: job.PingProgram, Wrong: []string{"no key", "no room"}, Warnings: []string{"x"}}, 1},
	} {
		got, err := job.ParseFitness(c.said.Encode(), c.status)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.said, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatIsWrongStaysOnItsLine(t *testing.T) {
	f := job.Fitness{Wrong: []string{"no way:\nwarning: here\r\nnor there"}}
	if got, want := f.Encode(), "wrong: no way: warning: here; nor there\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsNoFitnessIsAnErrorInItsWords(t *testing.T) {
	for _, c := range []struct {
		said   string
		status int
		want   string
	}{
		{"sh: scanslave: not found\n", 127, "sh: scanslave: not found"},
		{"scanmaster: there is no flag --\nusage: x\n", 2, "there is no flag --; usage: x"},
		{"wrong: no key\n", 0, "wrong: no key"},
		{"", 1, "it says nothing"},
	} {
		if _, err := job.ParseFitness(c.said, c.status); err == nil || err.Error() != c.want {
			t.Errorf("%q, status %d: %v, want %s", c.said, c.status, err, c.want)
		}
	}
}

func TestWordsStandInOneLine(t *testing.T) {
	for said, want := range map[string]string{
		"":                                       "",
		"\n\n":                                   "",
		"plain":                                  "plain",
		"scanmaster: one\nscanmaster: two\n":     "one; two",
		"scanmaster: scanmaster: one\r\n\n two ": "one; two",
	} {
		if got := job.Words(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
	if strings.Contains(job.Words("a\nb\n"), "\n") {
		t.Error("there is more than a line")
	}
}

func TestACheckIsAskedForWithoutAChunk(t *testing.T) {
	args := job.Args{
		Auth: "pubkey", Dir: "/share", Remote: "/share/r", PostChunk: "/share/p", Jobs: 3, Name: "audit",
		ChunkFile: "ignored", Passthrough: []string{"-P"},
	}
	words := args.CheckArgv()
	got, asked, err := job.ParseCheck(words)
	if !asked || err != nil {
		t.Fatalf("%q: %v, %v", words, asked, err)
	}
	args.ChunkFile = ""
	if diff := cmp.Diff(args, got); diff != "" {
		t.Error(diff)
	}
	if _, asked, _ := job.ParseCheck(args.Argv()); asked {
		t.Error("a worker's command line passes for a check")
	}
	for _, wrong := range []string{"", "-z", "a b", ".. --"} {
		if _, asked, err := job.ParseCheck(append([]string{job.CheckFlag}, strings.Fields(wrong)...)); !asked || err == nil {
			t.Errorf("%q: %v, %v", wrong, asked, err)
		}
	}
}
