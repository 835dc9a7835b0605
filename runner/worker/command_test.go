package worker

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/job"
)

func TestTheCommandIsWhatReadsTheScript(t *testing.T) {
	attended := Config{Args: job.Args{Attended: true}}
	if got := attended.command(); got != "bash -s" {
		t.Errorf("with somebody at the terminal: %q", got)
	}
	if got := (Config{}).command(); got != "" {
		t.Errorf("under a classic master: %q", got)
	}
	for _, c := range []struct {
		file job.File
		want string
	}{
		{job.File{}, ""},
		{job.File{Shell: []string{"bash", "-s"}}, "bash -s"},
		{job.File{Shell: []string{"bash", "-s"}, Args: []string{"-x", "two words"}}, "bash -s -- -x 'two words'"},
		{job.File{Shell: []string{"python3", "-"}, Args: []string{"a;b"}}, "python3 - 'a;b'"},
		{job.File{Shell: []string{"sh", "-s"}, Env: map[string]string{"LC_ALL": "C", "GREETING": "it's $HOME"}}, `env 'GREETING=it'"'"'s $HOME' LC_ALL=C sh -s`},
	} {
		if got := (Config{Job: &c.file}).command(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestTheJobFileSaysWhatTheCommandLineHasNoWordFor(t *testing.T) {
	classic := Config{Targets: job.TargetOptions{ConnectTimeout: 3, User: "headless"}, User: "me", Home: "/home/me"}
	want := job.DefaultTimeouts
	want.Connect = 3 * time.Second
	if got := classic.timeouts(); got != want || classic.maxOutput() != job.DefaultMaxOutput || classic.run() != "" {
		t.Errorf("got %+v", got)
	}
	ours := classic
	ours.Job = &job.File{Run: "r1", MaxOutput: 5, Timeouts: job.Timeouts{Connect: 1, Banner: 2, Auth: 3, Run: 4}}
	if ours.timeouts() != ours.Job.Timeouts || ours.maxOutput() != 5 || ours.run() != "r1" {
		t.Errorf("got %+v, %d, %q", ours.timeouts(), ours.maxOutput(), ours.run())
	}
	if classic.user() != "headless" || (Config{User: "me"}).user() != "me" {
		t.Error("the user is somebody else")
	}
	for path, want := range map[string]string{"~/.ssh/id": "/home/me/.ssh/id", "/etc/id": "/etc/id", "~other/id": "~other/id"} {
		if got, err := classic.inHome(path); got != want || err != nil {
			t.Errorf("%s: got %s, %v", path, got, err)
		}
	}
	for _, home := range []string{"", "home/me"} {
		if got, err := (Config{Home: home}).inHome("~/.ssh/id"); got != "" || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "HOME") {
			t.Errorf("in %q: got %s, %v", home, got, err)
		}
	}
}
