package gather_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/gather"
	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/diag"
	"scanmaster/spec/open"
)

// lay writes files, by name, into a folder, and loads the scan file among them.
func lay(t *testing.T, files map[string]string) (*spec.Scan, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scan, problems := spec.Load(filepath.Join(dir, "scan.yaml"))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return scan, dir
}

const head = "version: 1\nname: n\nremote: remote.sh\n"

func summaries(dir string, problems diag.List) []string {
	var all []string
	for _, p := range problems {
		all = append(all, strings.TrimPrefix(p.Error(), dir+"/"))
	}
	return all
}

func TestFactsOfAScan(t *testing.T) {
	scan, dir := lay(t, map[string]string{
		"scan.yaml":   head + "input: [a, b]\nexclude: never\nhosts: [local, {file: nodes}]\nhooks: {aggregate: ~/agg.sh}\nknown_hosts: folder\n",
		"remote.sh":   "uptime",
		"a":           "# the web\nweb1\nweb2 192.0.2.2",
		"b":           "web3\r\n\r\ndb1\r\n",
		"never":       "db1\n192.0.2.2\n",
		"nodes":       "scan1 scan2 # scan3\n",
		"folder/x":    "",
		"home/agg.sh": "#!/bin/sh\n",
	})
	if err := os.Chmod(filepath.Join(dir, "home/agg.sh"), 0o700); err != nil {
		t.Fatal(err)
	}
	facts, problems := gather.Facts(t.Context(), scan, filepath.Join(dir, "home"), open.Anywhere)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if !facts.Counted || facts.Targets != 2 || facts.Excluded != 2 {
		t.Errorf("counted %v: %d targets, %d excluded; want 2 and 2", facts.Counted, facts.Targets, facts.Excluded)
	}
	if facts.Base != dir || facts.Scan.Lines != 8 || facts.Scan.SHA256 == "" {
		t.Errorf("the scan file is %+v in %s", facts.Scan, facts.Base)
	}
	want := spec.Hosts{{Host: "local"}, {Host: "scan1"}, {Host: "scan2"}}
	if diff := cmp.Diff(want, facts.Hosts); diff != "" {
		t.Error(diff)
	}
	names := slices.Sorted(maps.Keys(facts.Files))
	if diff := cmp.Diff([]string{"a", "b", "folder", "never", "nodes", "remote.sh", "~/agg.sh"}, names); diff != "" {
		t.Error(diff)
	}
	if f := facts.Files["remote.sh"]; f.Lines != 1 || f.Size != 6 || f.Executable {
		t.Errorf("script is %+v", f)
	}
	if f := facts.Files["~/agg.sh"]; !f.Executable {
		t.Errorf("hook is %+v", f)
	}
	if f := facts.Files["folder"]; f.Problem != "is a folder, not a file" {
		t.Errorf("folder is %+v", f)
	}
}

func TestALineThatIsNoTargetIsNamedAndNotQuoted(t *testing.T) {
	var many strings.Builder
	for i := range 25 {
		fmt.Fprintf(&many, "-secret%d\n", i)
	}
	scan, dir := lay(t, map[string]string{
		"scan.yaml": head + "input: [a, b]\nhosts: [local]\n",
		"remote.sh": "uptime\n", "a": "web1\n\n-oProxyCommand=secret\n", "b": many.String(),
	})
	facts, problems := gather.Facts(t.Context(), scan, "", open.Anywhere)
	problems.Sort()
	got := summaries(dir, problems)
	if len(got) != 22 || !strings.HasPrefix(got[0], "a:3: ") || !strings.HasPrefix(got[20], "b:20: ") || got[21] != "b:20: and 5 more after this one" {
		t.Errorf("problems are\n%s", strings.Join(got, "\n"))
	}
	if strings.Contains(strings.Join(got, "\n"), "secret") {
		t.Errorf("a problem quotes the list:\n%s", strings.Join(got, "\n"))
	}
	if !problems.HasErrors() || facts.Targets != 1 {
		t.Errorf("errors %v, %d targets", problems.HasErrors(), facts.Targets)
	}
	if f := facts.Files["a"]; f.Lines != 3 {
		t.Errorf("list is %+v, want all of it measured", f)
	}
}

func TestWhatThePreHookMayMendIsOnlyWarnedOf(t *testing.T) {
	scan, _ := lay(t, map[string]string{
		"scan.yaml": head + "input: a\nhosts: [local]\nhooks: {pre: pre.sh}\n", "remote.sh": "uptime\n", "a": "-x\n",
	})
	if _, problems := gather.Facts(t.Context(), scan, "", open.Anywhere); len(problems) != 1 || problems.HasErrors() {
		t.Errorf("problems are %v, want one warning", problems)
	}
}

func TestWithoutEveryListNothingIsCounted(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no input":        {"never": "x\n"},
		"no exclude":      {"a": "web1\n"},
		"exclude is bad":  {"a": "web1\n", "never": "-x\n"},
		"exclude is deep": {"a": "web1\n", "never/x": ""},
	} {
		t.Run(name, func(t *testing.T) {
			files["scan.yaml"] = head + "input: a\nexclude: never\nhosts: [local]\n"
			scan, _ := lay(t, files)
			if facts, _ := gather.Facts(t.Context(), scan, "", open.Anywhere); facts.Counted {
				t.Errorf("counted %d targets", facts.Targets)
			}
		})
	}
}

func TestAListOfWorkersIsNeverQuoted(t *testing.T) {
	scan, dir := lay(t, map[string]string{
		"scan.yaml": head + "input: a\nhosts: {file: nodes}\n", "remote.sh": "uptime\n", "a": "web1\n",
		"nodes": "scan1\n-----BEGIN OPENSSH PRIVATE KEY-----\n",
	})
	facts, problems := gather.Facts(t.Context(), scan, "", open.Anywhere)
	got := strings.Join(summaries(dir, problems), "\n")
	if !strings.HasPrefix(got, "nodes: line 2: ") || strings.Contains(got, "PRIVATE") {
		t.Errorf("problems are %s", got)
	}
	if len(facts.Hosts) != 0 {
		t.Errorf("workers are %v, want none of a file that is no list", facts.Hosts)
	}
}

func TestAnEndedContextEndsTheReading(t *testing.T) {
	scan, _ := lay(t, map[string]string{"scan.yaml": head + "input: a\nhosts: [local]\n", "remote.sh": "uptime\n", "a": "web1\n"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	facts, _ := gather.Facts(ctx, scan, "", open.Anywhere)
	want := plan.FileFacts{Problem: "can't be read: context canceled"}
	if facts.Counted || facts.Files["a"] != want {
		t.Errorf("facts are %+v", facts)
	}
}
