package spec_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"scanmaster/spec"
	"scanmaster/spec/diag"
)

const least = `version: 1
name: patchlevel
input: targets.txt
remote: remote.sh
hosts: [local]
`

// parse reads a text that has to be good.
func parse(t *testing.T, text string) *spec.Scan {
	t.Helper()
	scan, problems := spec.Parse("scans/a.yaml", []byte(text))
	if len(problems) > 0 {
		t.Fatalf("problems: %v", problems)
	}
	return scan
}

// equal compares two scans but for where they were read.
func equal(t *testing.T, want, got *spec.Scan) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(spec.Scan{})); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNotSaidHasItsDefault(t *testing.T) {
	equal(t, &spec.Scan{
		Version: 1, Name: "patchlevel", Input: spec.Paths{"targets.txt"},
		Remote: spec.Remote{Script: "remote.sh"}, Hosts: spec.Hosts{{Host: spec.Local}},
		Dir: "/mnt/scanmaster", Deploy: "auto", Launch: "screen",
		Chunks: 1, OnWorkerLost: "redeal", Retries: 3, Share: "auto",
		MinWorkers: 1, ShareWait: spec.Duration(90 * time.Second), Jobs: 175, Auth: "pubkey",
		Checks:  spec.Checks{Ping: true, Banner: true},
		Targets: spec.Targets{Port: 22, HostKeys: "accept-new"},
		Shell:   "bash -s",
		Timeouts: spec.Timeouts{
			Connect: spec.Duration(10 * time.Second), Banner: spec.Duration(10 * time.Second),
			Auth: spec.Duration(20 * time.Second), Run: spec.Duration(5 * time.Minute),
		},
		MaxOutput: 16 << 20, Poll: spec.Duration(time.Minute), Lease: spec.Duration(2 * time.Minute), OnUnknown: "rerun", OnMasterLost: "continue", Keep: 1,
	}, parse(t, least))
}

func TestEveryFormIsReadAsWritten(t *testing.T) {
	text, err := os.ReadFile("testdata/forms.good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, &spec.Scan{
		Version: 1, Name: "A.b-c_9", Input: spec.Paths{"one", "two/three"}, Exclude: spec.Paths{"never", "with blank"},
		Remote: spec.Remote{
			Script: "./remote.sh", Args: []string{"", "30", "true", "-x", "two words", "1e3"},
			Env: spec.Env{"N": {Text: "8080"}, "T": {Text: "true"}, "EMPTY": {}, "LINES": {Text: "a\nb"}},
		},
		Hosts: spec.Hosts{
			{Host: "local"}, {Host: "scan1.example.com"}, {Host: "10.0.0.5"}, {Host: "2001:db8::1"}, {Host: "2001:db8::2"},
			{Host: "fe80::1%eth0", User: `DOMAIN\scan`, Port: 65535, Identity: "~/.ssh/id"}, {File: "slavenodes"}, {Host: "local"},
		},
		KnownHosts: "known_hosts.workers", Dir: "results/", Deploy: "never",
		Launch: "process", Chunks: 4, OnWorkerLost: "fail", MinWorkers: 8, Share: "none", ShareWait: spec.Duration(3 * time.Second),
		Hooks:   spec.Hooks{Pre: "pre.sh", PostChunk: "post.sh", Aggregate: "agg.sh"},
		ScanEnv: spec.Env{"LANG": {Text: "C"}, "N": {Text: "5"}, "Q": {Text: `it's "here"`}},
		Jobs:    10000, Auth: "all", Checks: spec.Checks{Banner: true},
		Targets: spec.Targets{
			User: "headless", Identity: "~/.ssh/headless", Port: 1, HostKeys: "strict",
			Algorithms: spec.Algorithms{
				KEX:     []string{"curve25519-sha256", "curve25519-sha256@libssh.org", "diffie-hellman-group1-sha1"},
				Ciphers: []string{"aes256-ctr"}, MACs: []string{"hmac-sha2-256"}, HostKeys: []string{"ssh-ed25519", "ssh-rsa"},
			},
		},
		Shell: "sh -eu", Passthrough: []string{"-I", "-PS"},
		Timeouts: spec.Timeouts{
			Connect: spec.Duration(time.Millisecond), Banner: spec.DefaultTimeouts.Banner,
			Auth: spec.DefaultTimeouts.Auth, Run: spec.Duration(90 * time.Minute),
			Idle: spec.Duration(2 * time.Minute), Hook: spec.Duration(10 * time.Minute), Scan: spec.Duration(60 * time.Hour),
		},
		Retry:     spec.Retry{"nossh": 2, "timeout": 10},
		MaxOutput: 1024, Poll: spec.Duration(time.Second), Lease: spec.Duration(10 * time.Second), OnUnknown: "report", OnMasterLost: "stop",
		FailOn: spec.FailOn{
			"unreachable": {Share: 10, Percent: true}, "failed": {}, "unknown": {Count: 3},
			"exit_254": {Share: 2.5, Percent: true}, "exit_9": {Share: 100, Percent: true},
		},
		MaxFail: spec.Percent{Share: 2.5, Given: true}, Canary: spec.Limit{Share: 1, Percent: true}, MaxDrift: spec.Percent{Given: true},
		Rate: spec.Rate{Count: 2.5, Minute: true}, PerSubnet: 1,
	}, parse(t, string(text)))
}

func TestAKeyIsFoundWhereItStands(t *testing.T) {
	scan := parse(t, least+"hooks:\n  pre: pre.sh\nexclude: [a, b]\nSCAN_ENV: {LANG: C}\n")
	for path, want := range map[string]string{
		"name":           ":2:7",
		"hosts":          ":5:1",
		"hosts[0]":       ":5:9",
		"hosts[0].port":  ":5:9",
		"hosts[7].port":  ":5:1",
		"hooks":          ":6:1",
		"hooks.pre":      ":7:8",
		"hooks.post":     ":6:1",
		"exclude[1]":     ":8:14",
		"input[0]":       ":3:8",
		"remote.script":  ":4:9",
		"SCAN_ENV.LANG":  ":9:18",
		"SCAN_ENV.OTHER": ":9:1",
		"jobs":           "",
		"":               "",
	} {
		if got := scan.At(path).String(); got != "scans/a.yaml"+want {
			t.Errorf("%q is at %s, want %s", path, got, want)
		}
	}
	if scan.File() != "scans/a.yaml" {
		t.Errorf("the file is %q", scan.File())
	}
}

func TestAFileOverTheLimitIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "scan.yaml")
	full := least + strings.Repeat("#", spec.MaxFile-len(least))
	for text, want := range map[string]string{full: "", full + "#": file + ": the file is over 1 MiB (targets and workers can be listed in files of their own)"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, problems := spec.Load(file); problems.Error() != want {
			t.Errorf("%d bytes: %v, want %q", len(text), problems, want)
		}
	}
}

func TestWhatIsNoFileIsRefusedWithoutWaiting(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none"): "no such file or directory",
		dir:                        "it is a folder, not a file",
		pipe:                       "it is no regular file",
	} {
		scan, problems := spec.Load(path)
		if got := problems.Error(); got != path+": the file can't be read: "+want {
			t.Errorf("got %s, want %s", got, want)
		}
		if scan == nil || scan.File() != path {
			t.Errorf("%s: the scan is %v", path, scan)
		}
	}
}

func TestTheProblemsToldOfOneFileAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"unknown keys":   least + strings.Repeat("x", 30) + ": 1\n" + unknownKeys(5000),
		"wrong hosts":    strings.Replace(least, "[local]", "["+strings.Repeat("-x, ", 5000)+"]", 1),
		"numbers":        strings.Replace(least, "[local]", "["+strings.Repeat("3, ", 5000)+"]", 1),
		"wrong paths":    least + "exclude: [" + strings.Repeat("3, ", 5000) + "]\n",
		"secret names":   least + "SCAN_ENV: {" + secrets(5000) + "}\nunknown: 1\n",
		"unnamed values": least + "SCAN_ENV: {" + strings.Repeat("~: 1, ", 5000) + "}\n",
	} {
		_, problems := spec.Parse("a.yaml", []byte(text))
		if n := len(problems); n != 101 {
			t.Errorf("%s: %d problems, want 100 and that there are more", name, n)
		}
		if got := problems[0].Error(); !strings.HasPrefix(got, "a.yaml: there are more problems") {
			t.Errorf("%s: the first is %s", name, got)
		}
	}
}

func unknownKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("k", i%40+41) + string(rune('a'+i%26)) + ": 1\n")
	}
	return b.String()
}

func secrets(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("TOKEN_" + strings.Repeat("A", i+1) + ": 1, ")
		if i > 200 {
			break
		}
	}
	return b.String()
}

func TestALongWordIsCutInAProblem(t *testing.T) {
	_, problems := spec.Parse("a.yaml", []byte(least+strings.Repeat("ü", 900)+": 1\n"))
	if want := "a.yaml:6:1: unknown key " + strings.Repeat("ü", 80) + "…"; problems.Error() != want {
		t.Errorf("got %v", problems)
	}
}

func TestProblemsDoNotDependOnTheEndOfLines(t *testing.T) {
	text := []byte(least + "hooks:\n  pre: -x\nuh: 1\n")
	_, want := spec.Parse("a.yaml", text)
	_, got := spec.Parse("a.yaml", bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 2 {
		t.Errorf("%v\n%s", got, diff)
	}
}

func TestProblemsAreSortedByPlace(t *testing.T) {
	_, problems := spec.Load("testdata/types.bad.yaml")
	sorted := append(diag.List{}, problems...)
	sorted.Sort()
	if diff := cmp.Diff(sorted, problems); diff != "" {
		t.Error(diff)
	}
}

// TestAPasswordIsSentToKnownHostsAlone has what holds where nothing is said of keys.
func TestAPasswordIsSentToKnownHostsAlone(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "accept-new",
		"auth: pubkey\n":                   "accept-new",
		"auth: password\n":                 "strict",
		"auth: all\ntargets: {user: me}\n": "strict",
		"auth: all\ntargets: {host_keys: accept-new}\n": "accept-new",
		"auth: password\ntargets: {host_keys: off}\n":   "off",
	} {
		scan, problems := spec.Parse("scan.yaml", []byte("version: 1\nname: a\ninput: i\nremote: r\nhosts: [local]\n"+text))
		if problems.HasErrors() || scan.Targets.HostKeys != want {
			t.Errorf("%q: %s, %v", text, scan.Targets.HostKeys, problems)
		}
	}
}
