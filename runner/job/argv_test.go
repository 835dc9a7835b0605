package job_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"scanmaster/runner/job"
)

// classic is a command line where nothing is said that needn't be.
func classic(change func(*job.Args)) job.Args {
	a := job.Args{
		Auth: "pubkey", Dir: "/mnt/scanmaster", Remote: "./remote.sh", Jobs: 175, Name: "info1", ChunkFile: "/in/xaa",
	}
	if change != nil {
		change(&a)
	}
	return a
}

func TestTheClassicCommandLineIsRead(t *testing.T) {
	for line, change := range map[string]func(*job.Args){
		"info1 /in/xaa": nil,
		"-A password -H -d /d -r /r.sh -p /p.sh -n 20 info1 /in/xaa -- -P -S": func(a *job.Args) {
			*a = job.Args{
				Auth: "password", Attended: true, Dir: "/d", Remote: "/r.sh", PostChunk: "/p.sh", Jobs: 20,
				Name: "info1", ChunkFile: "/in/xaa", Passthrough: []string{"-P", "-S"},
			}
		},
		"-Aall -n20 info1 /in/xaa":          func(a *job.Args) { a.Auth, a.Jobs = "all", 20 },
		"-Hn20 info1 /in/xaa":               func(a *job.Args) { a.Attended, a.Jobs = true, 20 },
		"-Hn 20 info1 /in/xaa":              func(a *job.Args) { a.Attended, a.Jobs = true, 20 },
		"-HHd/d info1 /in/xaa":              func(a *job.Args) { a.Attended, a.Dir = true, "/d" },
		"-n 20 -n 30 info1 /in/xaa":         func(a *job.Args) { a.Jobs = 30 },
		"-r -x.sh info1 /in/xaa":            func(a *job.Args) { a.Remote = "-x.sh" },
		"-- info1 /in/xaa":                  nil,
		"-H -- info1 /in/xaa -- -I":         func(a *job.Args) { a.Attended, a.Passthrough = true, []string{"-I"} },
		"info1 /in/xaa --":                  nil,
		"info1 /in/xaa -- -n 3":             func(a *job.Args) { a.Passthrough = []string{"-n", "3"} },
		"info1 /in/xaa -- -- -P":            func(a *job.Args) { a.Passthrough = []string{"--", "-P"} },
		"info1 -n":                          func(a *job.Args) { a.ChunkFile = "-n" }, // flags have ended
		"-p ./post.chunk.sh info1 /in/xaa":  func(a *job.Args) { a.PostChunk = "./post.chunk.sh" },
		"-d /mnt/scanmaster info1 ./in/xab": func(a *job.Args) { a.ChunkFile = "./in/xab" },
	} {
		got, err := job.ParseArgs(strings.Fields(line))
		if want := classic(change); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, %v, want\n%+v", line, got, err, want)
		}
	}
}

func TestACommandLineThatIsNotUnderstoodIsAUsageError(t *testing.T) {
	for line, want := range map[string]string{
		"":                               "NAME and CHUNKFILE",
		"info1":                          "NAME and CHUNKFILE",
		"-H -- info1":                    "NAME and CHUNKFILE",
		"-x info1 /in/xaa":               "no flag -x",
		"-Hx info1 /in/xaa":              "no flag -x",
		"--help":                         "no flag --",
		"-n":                             "-n wants a value",
		"-H -d":                          "-d wants a value",
		"-n 0 info1 /in/xaa":             "-n is a number",
		"-n -3 info1 /in/xaa":            "-n is a number",
		"-n many info1 /in/xaa":          "-n is a number",
		"-n99999999999999999999 info1 x": "-n is a number",
		"-A none info1 /in/xaa":          "-A is pubkey",
		".. /in/xaa":                     "name may hold",
		"-- -rf /in/xaa":                 "name may hold",
		"a/b /in/xaa":                    "name may hold",
		"info1 /in/xaa -P":               "begins with --",
		"info1 /in/xaa /in/xab":          "begins with --",
	} {
		got, err := job.ParseArgs(strings.Fields(line))
		wrong := new(job.UsageError)
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) || wrong.Unwrap() == nil {
			t.Errorf("%s: %v, want a usage error with %q", line, err, want)
		}
		if !reflect.DeepEqual(got, job.Args{}) {
			t.Errorf("%s: %+v comes with the error", line, got)
		}
	}
	for _, words := range [][]string{{"-d", "", "info1", "x"}, {"-r", "", "info1", "x"}, {"info1", ""}} {
		if _, err := job.ParseArgs(words); err == nil {
			t.Errorf("an empty path is taken: %q", words)
		}
	}
}

func TestHelpIsAskedForWhateverElseIsThere(t *testing.T) {
	for _, line := range []string{"-h", "-Hh", "-n 20 -h info1"} {
		if _, err := job.ParseArgs(strings.Fields(line)); !errors.Is(err, job.ErrHelp) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestTheWordsAreInTheClassicOrder(t *testing.T) {
	a := job.Args{
		Auth: "all", Attended: true, Dir: "/d", Remote: "/r", PostChunk: "/p", Jobs: 20, Name: "info1", ChunkFile: "/in/xaa",
		Passthrough: []string{"-P", "-I"},
	}
	if got, want := strings.Join(a.Argv(), " "), "-A all -H -d /d -r /r -p /p -n 20 info1 /in/xaa -- -P -I"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := strings.Join(classic(nil).Argv(), " "), "-A pubkey -d /mnt/scanmaster -r ./remote.sh -n 175 info1 /in/xaa"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func FuzzArgsRoundTrip(f *testing.F) {
	f.Add("pubkey", false, "/mnt/scanmaster", "./remote.sh", "", 175, "info1", "/in/xaa", "")
	f.Add("all", true, "-d", "--", "-", 1, "a", "--", "--\n-P\n\n-n")
	f.Add("pubkey", false, "/d", "r", "", -1, "a", "b", "")     // as many as can be
	f.Add("pubkey", true, "0", "0", "", 175, "-d", "0", "0\n0") // a name that is a flag
	f.Fuzz(func(t *testing.T, auth string, attended bool, dir, remote, post string, jobs int, name, file, through string) {
		a := job.Args{
			Auth: auth, Attended: attended, Dir: dir, Remote: remote, PostChunk: post, Jobs: job.Jobs(jobs), Name: name, ChunkFile: file,
		}
		if through != "" {
			a.Passthrough = strings.Split(through, "\n")
		}
		known := auth == "pubkey" || auth == "password" || auth == "all"
		valid := known && dir != "" && remote != "" && file != "" && (jobs > 0 || jobs == -1) && job.CheckName(name) == nil
		got, err := job.ParseArgs(a.Argv())
		switch {
		case valid && (err != nil || !reflect.DeepEqual(got, a)):
			t.Errorf("%+v\nas %q is read back as\n%+v, %v", a, a.Argv(), got, err)
		case err == nil && job.CheckName(got.Name) != nil:
			// What is no command line of ours may read as another, by the rules
			// of getopt(3), but never as a name that could leave its folder.
			t.Errorf("%q gives the name %q", a.Argv(), got.Name)
		}
	})
}
