package worker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/fleet"
	"scanmaster/runner/job"
	"scanmaster/runner/secret"
)

// values that a line, a shell and a list of variables could stumble over.
var values = map[string]string{
	"PLAIN": "hunter2", "QUOTES": `it's "$(id)" \n`, "BLANKS": "  a  b\t", "LINES": "one\n\n  two\nthree\n", "n": "newline\n\nend", "PATHS": "/bin:/x",
}

func secretsOf(all map[string]string) (secret.Set, *job.Secrets) {
	set, names := secret.Set{Script: map[string]secret.Value{}}, new(job.Secrets)
	for name, value := range all {
		set.Script[name] = secret.Value(value)
		names.Script = append(names.Script, name)
	}
	return set, names
}

func TestTheScriptGetsItsSecretsAndNobodyElseSeesThem(t *testing.T) {
	for _, shell := range []string{"sh -s", "bash -s", "env -u NOTHING sh -s"} {
		t.Run(shell, func(t *testing.T) {
			s := newScene(t)
			s.add(t, "web1", fleet.Behaviour{})
			dir := t.TempDir()
			var script strings.Builder
			script.WriteString("cd " + dir + "\n")
			for name := range values {
				script.WriteString("printf %s \"$" + name + "\" >" + name + "\n")
			}
			script.WriteString("cat /proc/self/cmdline /proc/$$/cmdline >argv\necho \"$LC_ALL $1\" >args\ntr -d '\\n' >rest\n")
			s.Args.Remote = s.write(t, "secret.sh", script.String()+"the rest of the script is its input")
			s.staged(t)
			s.Secrets, s.Job.Secrets = secretsOf(values)
			s.Job.Shell, s.Job.Args, s.Job.Env = strings.Fields(shell), []string{"two words"}, map[string]string{"LC_ALL": "C"}
			s.work(t)
			for name, want := range values {
				if got := read(t, filepath.Join(dir, name)); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if got := read(t, filepath.Join(dir, "args")); got != "C two words\n" {
				t.Errorf("the others are %q", got)
			}
			if argv := read(t, filepath.Join(dir, "argv")); strings.Contains(argv, "hunter2") || !strings.Contains(argv, "two words") {
				t.Errorf("the words of the shell are %q", argv)
			}
		})
	}
}

func TestSecretsThatAreNotThoseOfTheJobStopAllBeforeItBegins(t *testing.T) {
	for name, c := range map[string]struct {
		has  secret.Set
		want *job.Secrets
	}{
		"none":    {secret.Set{}, &job.Secrets{Script: []string{"KEY"}}},
		"other":   {secret.Set{Worker: map[string]secret.Value{"KEY": "hunter2"}}, &job.Secrets{Script: []string{"KEY"}}},
		"unknown": {secret.Set{Worker: map[string]secret.Value{"KEY": "hunter2"}}, nil},
	} {
		s, _ := ready(t)
		s.staged(t)
		s.Secrets, s.Job.Secrets = c.has, c.want
		_, err := Run(t.Context(), s.Config)
		if err == nil || !strings.Contains(err.Error(), "the secrets are those of") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(s.folder()); err == nil {
			t.Errorf("%s: it has begun", name)
		}
	}
}

func TestWhatAHookWritesOfItsSecretsIsMasked(t *testing.T) {
	s, _ := ready(t)
	s.Environ = []string{"PATH=" + os.Getenv("PATH")}
	s.Args.PostChunk = s.write(t, "post.sh", "#!/bin/sh\necho \"$PASS\" >said\necho \"the pass is $PASS\"\nexit 3\n")
	s.staged(t)
	s.Secrets, s.Job.Secrets = secret.Set{Worker: map[string]secret.Value{"PASS": "hunter2"}}, &job.Secrets{Worker: []string{"PASS"}}
	s.work(t)
	if got := read(t, filepath.Join(s.folder(), "said")); got != "hunter2\n" {
		t.Errorf("the hook had %q", got)
	}
	if done := read(t, filepath.Join(s.folder(), job.Done)); strings.Contains(done, "hunter2") || !strings.Contains(done, "the pass is ***") {
		t.Errorf(".done is %s", done)
	}
}
