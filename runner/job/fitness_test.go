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
		{job.Fitness{Ping: job.PingSocket, Warnings: about(job.AboutFiles, "few files")}, 0},
		{job.Fitness{
			Ping: job.PingProgram, Wrong: append(about(job.AboutKeys, "no key", "none"), about(job.AboutTemp, "no room")...),
			Warnings: about(job.AboutSetup, "x"), Found: append(about(job.AboutSetup, "y"), about(job.AboutMemory, "much")...),
		}, 1},
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

// about makes findings of texts.
func about(what job.About, texts ...string) []job.Finding {
	var all []job.Finding
	for _, text := range texts {
		all = append(all, job.Finding{About: what, Text: text})
	}
	return all
}

// Workers of an older version say nothing of what it is about, and those of a newer
// one may say what isn't known here.
func TestWhatAWorkerOfAnotherVersionSaysIsUnderstood(t *testing.T) {
	got, err := job.ParseFitness("wrong: no key\nabout: the moon\nwarning: full\nnews: none\nabout: files\nwarning: few\n", 1)
	want := job.Fitness{Wrong: about(job.AboutSetup, "no key"), Warnings: append(about(job.AboutSetup, "full"), about(job.AboutFiles, "few")...)}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestWhatIsWrongStaysOnItsLine(t *testing.T) {
	f := job.Fitness{Wrong: about(job.AboutSetup, "no way:\nwarning: here\r\nnor there")}
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
