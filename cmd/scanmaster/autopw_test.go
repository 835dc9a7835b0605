package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// asking is a script that asks as ssh(1) does, and once as nothing should.
const asking = `#!/bin/sh
ask() { stty -echo; printf "$1"; read -r p; stty echo; echo; echo "$p" >>got; }
ask 'web1 password: '
echo 'the password: nobody asks for it here'
ask 'web2 password: '
ask 'Permission denied, please try again.
web3 password: '
ask 'web4 password: '
printf 'go on (yes/no)? '; read -r answer; echo "$answer" >>got
printf 'seen by all, Password:'; read -r p; echo "$p" >>got
stty size >>got
sleep .5 # a while after a secret all is seen again
printf 'name: '; read -r name; echo "$name" >>got
exit 7
`

func TestASecretIsTypedOnceAndNeverSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ask.sh"), []byte(asking), 0o600); err != nil {
		t.Fatal(err)
	}
	c := sit(t, dir, "autopw", "sh", "ask.sh")
	c.await("web1 password: ")
	c.types("s3crex\x7ft\r")
	c.await("web3 password: ") // that one was refused
	c.types("an0ther\r")
	c.await("name: ")
	c.types("me\r")
	if status := c.status(); status != 7 {
		t.Errorf("exit status %d, and shown %q", status, c.text())
	}
	got, err := os.ReadFile(filepath.Join(dir, "got"))
	if want := "s3cret\ns3cret\nan0ther\nan0ther\nyes\nan0ther\n33 91\nme\n"; err != nil || string(got) != want {
		t.Errorf("it got %q, %v, want %q", got, err, want)
	}
	if shown := c.text(); strings.Contains(shown, "s3cret") || strings.Contains(shown, "an0ther") || !strings.Contains(shown, "(yes/no)? yes\r\n") || !strings.Contains(shown, "name: me\r\n") {
		t.Errorf("shown is %q", shown)
	}
	if got, want := stateOf(t, c.terminal), fresh(t); got != want {
		t.Errorf("the terminal was %+v, and is %+v", want, got)
	}
}

func TestACommandAtAPromptCanBeInterrupted(t *testing.T) {
	t.Parallel()
	c := sit(t, t.TempDir(), "autopw", "sh", "-c", "printf 'Password: '; exec sleep 1000")
	c.await("Password: ")
	c.types("half\x03")
	if status := c.status(); status != exitSignal+int(syscall.SIGINT) {
		t.Errorf("exit status %d", status)
	}
}

func TestACommandEndsWithItsUsersTerminal(t *testing.T) {
	t.Parallel()
	c := sit(t, t.TempDir(), "autopw", "sh", "-c", "echo $$ lives; exec sleep 1000")
	c.await(" lives")
	if err := c.terminal.Close(); err != nil {
		t.Fatal(err)
	}
	c.status()
	pid, _, _ := strings.Cut(c.text(), " ")
	if err := exec.CommandContext(t.Context(), "kill", "-0", strings.TrimSpace(pid)).Run(); err == nil {
		t.Errorf("process %s still lives", pid)
	}
}
