package spec_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/spec"
)

// site writes files below a folder, and gives the path of one of them.
func site(t *testing.T, files map[string]string) func(file string) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range files {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(file string) string { return filepath.Join(dir, file) }
}

func TestWhatTheScanFileSaysWinsAndMappingsArePutTogether(t *testing.T) {
	at := site(t, map[string]string{
		"scans/audit.yaml": `version: 1
base: ../site.yaml
name: audit
input: [a, b]
remote: {args: [--all]}
targets: {user: me, algorithms: {macs: [hmac-sha2-256]}}
SCAN_ENV: {LANG: C.UTF-8}
hosts: [local]
`,
		"site.yaml": `base: all/org.yaml
input: c
exclude: [x, y]
remote: check.sh
hosts: {file: workers}
targets: {user: site, port: 2222, algorithms: {kex: [curve25519-sha256]}}
SCAN_ENV: {LANG: C, TZ: {from_file: tz}}
jobs: 20
`,
		"all/org.yaml": `version: 1
jobs: 10
chunks: 4
timeouts: {connect: 5s}
`,
	})
	scan, problems := spec.Load(at("scans/audit.yaml"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := spec.Default()
	want.Version, want.Name, want.Base = 1, "audit", "../site.yaml"
	want.Input, want.Exclude = spec.Paths{"a", "b"}, spec.Paths{"../x", "../y"}
	want.Remote = spec.Remote{Script: "../check.sh", Args: []string{"--all"}}
	want.Hosts = spec.Hosts{{Host: "local"}}
	want.Targets.User, want.Targets.Port = "me", 2222
	want.Targets.Algorithms = spec.Algorithms{KEX: []string{"curve25519-sha256"}, MACs: []string{"hmac-sha2-256"}}
	want.ScanEnv = spec.Env{"LANG": {Text: "C.UTF-8"}, "TZ": {FromFile: "../tz"}}
	want.Jobs, want.Chunks = 20, 4
	want.Timeouts.Connect = 5_000_000_000
	if diff := cmp.Diff(want, scan, cmp.FilterPath(func(p cmp.Path) bool {
		field, ok := p.Last().(cmp.StructField)
		return ok && field.Name()[0] >= 'a'
	}, cmp.Ignore())); diff != "" {
		t.Error(diff)
	}
	var below []string
	for _, b := range scan.Bases() {
		below = append(below, b.Path)
	}
	if diff := cmp.Diff([]string{"../site.yaml", "../all/org.yaml"}, below); diff != "" {
		t.Error(diff)
	}
	for key, want := range map[string]string{"chunks": "all/org.yaml:3:9", "exclude[1]": "site.yaml:3:14", "targets.port": "site.yaml:6:29", "name": "scans/audit.yaml:3:7"} {
		if got := scan.At(key).String(); got != at(want) {
			t.Errorf("%s is at %s, want %s", key, got, want)
		}
	}
}

// What is a path of the scan file's, and no other text, starts from the folder
// of the file that it stands in.
func TestPathsOfABaseStartFromItsFolder(t *testing.T) {
	for key, form := range map[string]struct {
		text string
		get  func(*spec.Scan) string
	}{
		"input":            {"input: %s", func(s *spec.Scan) string { return s.Input[0] }},
		"exclude":          {"exclude: [x, %s]", func(s *spec.Scan) string { return s.Exclude[1] }},
		"remote":           {"remote: %s", func(s *spec.Scan) string { return s.Remote.Script }},
		"remote.script":    {"remote: {script: %s, args: [a]}", func(s *spec.Scan) string { return s.Remote.Script }},
		"hosts.file":       {"hosts: {file: %s}", func(s *spec.Scan) string { return s.Hosts[0].File }},
		"hosts[].file":     {"hosts: [local, {file: %s}]", func(s *spec.Scan) string { return s.Hosts[1].File }},
		"hosts[].identity": {"hosts: [{host: h, identity: %s}]", func(s *spec.Scan) string { return s.Hosts[0].Identity }},
		"known_hosts":      {"known_hosts: %s", func(s *spec.Scan) string { return s.KnownHosts }},
		"dir":              {"dir: %s", func(s *spec.Scan) string { return s.Dir }},
		"deploy_from":      {"deploy_from: %s", func(s *spec.Scan) string { return s.DeployFrom }},
		"hooks.pre":        {"hooks: {pre: %s}", func(s *spec.Scan) string { return s.Hooks.Pre }},
		"hooks.post_chunk": {"hooks: {post_chunk: %s}", func(s *spec.Scan) string { return s.Hooks.PostChunk }},
		"hooks.aggregate":  {"hooks: {aggregate: %s}", func(s *spec.Scan) string { return s.Hooks.Aggregate }},
		"targets.identity": {"targets: {identity: %s}", func(s *spec.Scan) string { return s.Targets.Identity }},
	} {
		for path, want := range map[string]string{"a/b": "../a/b", "../a": "../../a", "/a": "/a", "~/a": "~/a"} {
			if key == "targets.identity" {
				want = path // on the workers
			}
			at := site(t, map[string]string{
				"x/y/scan.yaml": "version: 1\nname: a\nbase: ../site.yaml\n",
				"x/site.yaml":   fmt.Sprintf(form.text+"\n", path),
			})
			if scan, _ := spec.Load(at("x/y/scan.yaml")); form.get(scan) != want {
				t.Errorf("%s: %s is %s, want %s", key, path, form.get(scan), want)
			}
		}
	}
	at := site(t, map[string]string{
		"scan.yaml": "version: 1\nname: a\ninput: i\nbase: site.yaml\n", "site.yaml": "remote: ./r.sh\nhosts: [local]\n",
	})
	if scan, problems := spec.Load(at("scan.yaml")); len(problems) > 0 || scan.Remote.Script != "./r.sh" {
		t.Errorf("of a base in the same folder: %s, %v", scan.Remote.Script, problems)
	}
	shared := at("site.yaml")
	at = site(t, map[string]string{"scan.yaml": "version: 1\nname: a\ninput: i\nbase: " + shared + "\n"})
	if scan, problems := spec.Load(at("scan.yaml")); len(problems) > 0 || scan.Remote.Script != filepath.Join(filepath.Dir(shared), "r.sh") {
		t.Errorf("of a base anywhere: %s, %v", scan.Remote.Script, problems)
	}
}

func TestSoManyBasesAreEnough(t *testing.T) {
	files := map[string]string{"0.yaml": "version: 1\nname: a\ninput: i\nremote: r\nhosts: [local]\nbase: 1.yaml\n"}
	for i := 1; i <= 9; i++ {
		files[fmt.Sprintf("%d.yaml", i)] = fmt.Sprintf("base: %d.yaml\n", i+1)
	}
	files["8.yaml"] = "jobs: 3\n"
	if scan, problems := spec.Load(site(t, files)("0.yaml")); len(problems) > 0 || scan.Jobs != 3 {
		t.Errorf("8 bases: %d, %v", scan.Jobs, problems)
	}
	files["8.yaml"], files["9.yaml"] = "base: 9.yaml\n", "jobs: 3\n"
	at := site(t, files)
	want := at("8.yaml") + ":1:7: more than 8 files are each the base of another"
	if _, problems := spec.Load(at("0.yaml")); problems.Error() != want {
		t.Errorf("9 bases: %v, want %s", problems, want)
	}
}

// A scan file of somebody else's may name any file as its base.
func TestOnlyABaseThatIsOneMayBeQuoted(t *testing.T) {
	for text, want := range map[string]bool{
		"jobs: 3\n": true, "version: 1\njbos: 3\n": true,
		"password: secret\n": false, "jobs: 3\npassword: secret\n": false, "version: \"1\"\nuser: secret\n": false, "secret\n": false, "a: [\n": false,
	} {
		at := site(t, map[string]string{"scan.yaml": "version: 1\nbase: site.yaml\n", "site.yaml": text})
		scan, _ := spec.Load(at("scan.yaml"))
		if got := scan.Text(at("site.yaml")) != nil; got != want {
			t.Errorf("%q is quoted: %v, want %v", text, got, want)
		}
		if scan.Text(at("scan.yaml")) == nil || scan.Text(at("other.yaml")) != nil {
			t.Errorf("%q: the scan file isn't quoted, or another is", text)
		}
	}
}

func TestAScanInNoFileHasNoBase(t *testing.T) {
	_, problems := spec.Parse("a.yaml", []byte(least+"base: testdata/base/site.yaml\n"))
	if !strings.Contains(problems.Error(), "a.yaml:6:7: base can't be given here") {
		t.Error(problems)
	}
}
