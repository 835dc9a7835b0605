//go:build e2e

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// guarded says who it is where it has its secret, and nobody else can see it.
const guarded = `#!/bin/sh
case "$(cat /proc/[0-9]*/cmdline | tr '\0' ' ')" in
*"$TOKEN"*) echo "the token is in a list of processes"; exit 9 ;;
esac
test "$(printf %s "$TOKEN" | wc -c)" -eq 26 && echo "this is $(hostname)"
`

// TestRealHostsKeepSecrets has secrets go to workers in screen and without, with the
// shared folder and without, and on to targets: no list of processes has them, and no
// file but the one that the hook writes.
func TestRealHostsKeepSecrets(t *testing.T) {
	const token, password = "tok-3n it's \"$(id)\"\nline2\n", "correct horse"
	f := newFarm(t)
	workers := f.workers(t, 2)
	f.trust(t, workers...)
	targets := f.targets(t, 4)
	f.write(t, "token", token+"\n")
	f.write(t, "password", password)
	f.write(t, "remote.sh", guarded)
	f.write(t, "post.sh", "#!/bin/sh\necho \"$PASSWORD\" >$NOTES/${1##*.}\necho \"it is $PASSWORD\" >&2\nuntil [ -e $NOTES/seen ]; do sleep 0.1; done\nexit $FAIL\n")
	for _, more := range []string{
		"launch: screen\nshare: required\n", "launch: process\nshare: none\n", "launch: screen\nshare: none\n",
	} {
		t.Run(strings.ReplaceAll(strings.TrimSpace(more), "\n", ", "), func(t *testing.T) {
			_ = os.Remove(filepath.Join(f.notes, "seen"))
			env := "SCAN_ENV: {NOTES: " + f.notes + ", FAIL: 1, PASSWORD: {from_file: password}}\nhooks: {post_chunk: post.sh}\n"
			scan := f.scan(t, targets, f.hosts(workers...), more+env)
			said := strings.Replace(read(t, scan), "remote: remote.sh", "remote: {script: remote.sh, env: {TOKEN: {from_file: token}}}", 1)
			if err := os.WriteFile(scan, []byte(said), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := f.start(t, "apply", scan)
			processes := strings.Join(f.awaitWorkers(t, cmd, workers...), "\n")
			if !strings.Contains(processes, "scanmaster worker") || strings.Contains(processes, "tok-3n") || strings.Contains(processes, password) {
				t.Errorf("the processes of the workers' hosts are\n%s", processes)
			}
			if err := os.WriteFile(filepath.Join(f.notes, "seen"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // its hooks fail
			f.wantGreetings(t, targets, 2)
			for _, chunk := range []string{"xaa", "xab"} {
				if got := read(t, filepath.Join(f.notes, chunk)); got != password+"\n" {
					t.Errorf("the hook of %s had %q", chunk, got)
				}
			}
			log := read(t, filepath.Join(f.notes, "log"))
			if !strings.Contains(log, "it is ***") || strings.Contains(log, password) {
				t.Errorf("the master said\n%s", log)
			}
			for _, root := range []string{f.share, workers[0].Home("root"), workers[1].Home("root")} {
				wantNowhere(t, root, "tok-3n", password)
			}
			wantQuiet(t, workers...)
		})
	}
}

// wantNowhere wants no file below a folder to hold one of some words.
func wantNowhere(t *testing.T, root string, words ...string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if strings.HasPrefix(filepath.Base(path), "secrets.") {
			t.Errorf("%s was left", path)
		}
		text, err := os.ReadFile(path)
		for _, word := range words {
			if strings.Contains(string(text), word) {
				t.Errorf("%s holds %q", path, word)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
