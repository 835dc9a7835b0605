package classic

import (
	"encoding/json"
	"strings"
	"testing"

	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/diag"
)

// all is what each of these scans says besides.
const (
	head  = "version: 1\nname: info1\n"
	files = "input: targets\nremote: remote.sh\n"
	hosts = "hosts: {file: " + Workers + "}\n"
	tail  = "shell: login\nkeep: 0\n"
)

// TestEachFlagCompilesToThePlanOfItsKey holds what a flag says against the scan file
// that a user would write for it.
func TestEachFlagCompilesToThePlanOfItsKey(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*Line)
		file string
	}{
		"none": {func(*Line) {}, head + files + hosts + tail},
		"-n":   {func(l *Line) { l.Name = "2026" }, "version: 1\nname: '2026'\n" + files + hosts + tail},
		"-i":   {func(l *Line) { l.Input = "all: of them" }, head + "input: 'all: of them'\nremote: remote.sh\n" + hosts + tail},
		"-r":   {func(l *Line) { l.Remote = "#1.sh" }, head + "input: targets\nremote: '#1.sh'\n" + hosts + tail},
		"-A":   {func(l *Line) { l.Auth, l.Attended = "all", true }, head + files + hosts + "attach: true\nauth: all\ntargets: {host_keys: accept-new}\nkeep: 0\n"},
		"-H":   {func(l *Line) { l.Attended = true }, head + files + hosts + "attach: true\nkeep: 0\n"},
		"-a":   {func(l *Line) { l.Aggregator = "agg.sh" }, head + files + hosts + "hooks: {aggregate: agg.sh}\n" + tail},
		"-c":   {func(l *Line) { l.PostChunk = "/mnt/post.sh" }, head + files + hosts + "hooks: {post_chunk: /mnt/post.sh}\n" + tail},
		"-d":   {func(l *Line) { l.Dir = "/data" }, head + files + hosts + "dir: /data\n" + tail},
		"-j":   {func(l *Line) { l.Jobs = "20" }, head + files + hosts + "jobs: 20\n" + tail},
		"-j a": {func(l *Line) { l.Jobs = "auto" }, head + files + hosts + "jobs: auto\n" + tail},
		"-p":   {func(l *Line) { l.Pre = "pre.sh" }, head + files + hosts + "hooks: {pre: pre.sh}\n" + tail},
		"-w":   {func(l *Line) { l.Workers = "nodes" }, head + files + "hosts: {file: nodes}\n" + tail},
		"--":   {func(l *Line) { l.Passthrough = []string{"-P", "-I"} }, head + files + hosts + "passthrough: [-P, -I]\n" + tail},
		"SCAN_ENV": {
			func(l *Line) { l.Env = `LANG=C  GREETING="good morning" X='a "b"' EMPTY=` },
			head + files + hosts + "SCAN_ENV: {LANG: C, GREETING: good morning, X: 'a \"b\"', EMPTY: ''}\n" + tail,
		},
		"SSHOPTS": {
			func(l *Line) {
				l.Env = `SSHOPTS="-l headless -i ~/.ssh/h -p 2222 -o StrictHostKeyChecking=yes -o ConnectTimeout=4 -o KexAlgorithms=curve25519-sha256" LANG=C`
			},
			head + files + hosts + "SCAN_ENV: {LANG: C}\ntimeouts: {connect: 4s}\n" +
				"targets: {user: headless, identity: ~/.ssh/h, port: 2222, host_keys: strict, algorithms: {kex: [curve25519-sha256]}}\n" + tail,
		},
		"SSHOPTS without keys": {
			func(l *Line) {
				l.Env = `SSHOPTS="-i a -i b -p 22 -J bastion -o IdentitiesOnly=yes -o CertificateFile=/c -o UserKnownHostsFile=/k"`
			},
			head + files + hosts + "targets: {identity: a}\nSCAN_ENV: {SSHOPTS: -i b -p 22 -o UserKnownHostsFile=/k -o ProxyJump=bastion -o IdentitiesOnly=yes " +
				"-o CertificateFile=/c}\n" + tail,
		},
		"all": {
			func(l *Line) {
				*l = Line{
					Name: "info1", Input: "targets", Remote: "remote.sh", Auth: "pubkey", Dir: "/data", Jobs: "1", Workers: "nodes",
					Pre: "pre.sh", PostChunk: "post.sh", Aggregator: "agg.sh", Passthrough: []string{"-PS"}, Env: "A=1",
				}
			},
			head + files + "hosts: {file: nodes}\nauth: pubkey\ndir: /data\njobs: 1\npassthrough: [-PS]\nSCAN_ENV: {A: '1'}\n" +
				"hooks: {pre: pre.sh, post_chunk: post.sh, aggregate: agg.sh}\n" + tail,
		},
	} {
		l := Line{Name: "info1", Input: "targets", Remote: "remote.sh"}
		c.set(&l)
		f, err := l.File()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, want := compiled(t, f.Text), compiled(t, []byte(c.file)); got != want {
			t.Errorf("%s:\n%s\ncompiles to\n%s\nand not to\n%s", name, f.Text, got, want)
		}
	}
}

// compiled is the plan of a scan where all files are there.
func compiled(t *testing.T, text []byte) string {
	t.Helper()
	scan, problems := spec.Parse("scan.yaml", text)
	if problems.HasErrors() {
		t.Fatalf("%s\n%v", text, problems)
	}
	found := make(map[string]plan.FileFacts)
	paths := []string{scan.Remote.Script, scan.Hooks.Pre, scan.Hooks.PostChunk, scan.Hooks.Aggregate, scan.Hosts[0].File, scan.Input[0]}
	for _, path := range paths {
		found[path] = plan.FileFacts{SHA256: strings.Repeat("a", 64), Size: 10, Lines: 1, Executable: true}
	}
	p, problems := plan.Compile(scan, plan.Facts{
		Base: "/work", Home: "/home/me", Files: found, Hosts: spec.Hosts{{Host: "scan1"}, {Host: "scan2"}},
		Counted: true, Targets: 100, Run: plan.RunPlaceholder, Min: plan.MinPlaceholder, Bin: plan.BinPlaceholder,
	})
	if problems.HasErrors() {
		t.Fatalf("%s\n%v", text, problems)
	}
	data, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWhatSCANENVCannotSayIsRefused(t *testing.T) {
	for env, want := range map[string]string{
		"LANG":                          `SCAN_ENV: "LANG" is no key=value`,
		"A=1; rm -rf x":                 `SCAN_ENV: "; rm -rf x" would be another command; quote it`,
		"A='1":                          "SCAN_ENV: a quote isn't closed",
		"A=\xff":                        `SCAN_ENV: "A=\xff" is not UTF-8`,
		"SSHOPTS=-w":                    "SCAN_ENV: SSHOPTS: -w can't be honoured",
		"SSHOPTS='-oProxyCommand=x'":    "SCAN_ENV: SSHOPTS: option ProxyCommand can't be honoured",
		"SSHOPTS=-oUserKnownHostsFile=": "SCAN_ENV: SSHOPTS: UserKnownHostsFile has no value",
	} {
		_, err := Line{Env: env}.File()
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", env, err, want)
		}
	}
	f, err := Line{Env: "A=$HOME B=`id`"}.File()
	if err != nil || !strings.Contains(string(f.Text), "A: $HOME\n") {
		t.Errorf("what a shell would replace: %s, %v", f.Text, err)
	}
}

// TestWhatIsNoTextIsRefused has the rest be written so that it is read again as it was.
func TestWhatIsNoTextIsRefused(t *testing.T) {
	l := Line{Name: "n", Input: "a\u2028b", Remote: " #\u00a0\ufeff", Dir: "yes"}
	f, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	scan, problems := spec.Parse("scan.yaml", f.Text)
	if scan.Input[0] != l.Input || scan.Remote.Script != l.Remote || scan.Dir != l.Dir {
		t.Errorf("%s\n%v", f.Text, problems)
	}
	l.Dir = "\xff"
	if _, err := l.File(); err == nil || err.Error() != `-d: "\xff" is not UTF-8, and so can't stand in a scan file` {
		t.Error(err)
	}
}

// TestProblemsNameTheFlagTheyComeFrom has every line of the text.
func TestProblemsNameTheFlagTheyComeFrom(t *testing.T) {
	f, err := Line{
		Name: "n", Input: "i", Remote: "r", Auth: "A", Dir: "d", Jobs: "j", Workers: "w", Pre: "p", PostChunk: "c", Aggregator: "a",
		Passthrough: []string{"-P", "-S"}, Env: "X=1 SSHOPTS=-lme",
	}.File()
	if err != nil {
		t.Fatal(err)
	}
	wants := map[string]string{
		"name": " -n", "input": " -i", "remote": " -r", "auth": " -A", "dir": " -d", "jobs": " -j", "file": " -w", "pre": " -p",
		"post_chunk": " -c", "aggregate": " -a", "- -P": " --", "- -S": " --", "X": " SCAN_ENV", "user": " SSHOPTS",
	}
	for i, line := range strings.Split(strings.TrimSpace(string(f.Text)), "\n") {
		problems := diag.List{{Pos: diag.Pos{File: "scanmaster", Line: i + 1}}, {Pos: diag.Pos{File: "other"}}}
		f.Where(problems, "scanmaster")
		key, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		if want, ok := wants[key]; ok {
			if got := problems[0].Pos.String(); got != "scanmaster"+want {
				t.Errorf("%s: %q", line, got)
			}
			delete(wants, key)
		}
		if problems[1].Pos.File != "other" {
			t.Error("another file's problem was moved")
		}
	}
	if len(wants) > 0 {
		t.Errorf("not in the text: %v\n%s", wants, f.Text)
	}
}
