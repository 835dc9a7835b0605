package gather_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/gather"
	"scanmaster/runner/job"
)

const (
	earlier = "20261124T235959.000Z-ffffff"
	later   = "20261125T033533.035Z-0565a6"
)

// shareOf lays a shared folder out; names that end with a slash are folders.
func shareOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		folder := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			folder = path
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if folder == path {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTheLastRunOfAScanIsFound(t *testing.T) {
	dir := shareOf(t, map[string]string{
		"chunked/audit/.run-" + earlier + "/":         "",
		"chunked/audit/.run-" + later + "/":           "",
		"chunked/audit/.run-zzz/":                     "",
		"chunked/audit/.whosts":                       "scan1\nlocal\nscan1\nidle\n",
		"chunked/audit/input/202611242359/xaa":        "",
		"chunked/audit/input/202611250335/xaa":        "",
		"chunked/audit/input/202611250335/xab":        "",
		"chunked/audit/input/202611250335/xac":        "",
		"chunked/audit/input/202611250335/.xac.later": "",
		"chunked/audit/input/zzz/xaa":                 "",
	})
	run, err := gather.LastRun(dir, "audit")
	if err != nil {
		t.Fatal(err)
	}
	want := gather.Run{
		Layout: job.Layout{Dir: dir, Name: "audit", Run: later, Min: "202611250335"},
		Chunks: []string{"xaa", "xab", "xac"}, Hosts: []string{"scan1", "local", "scan1", "idle"},
	}
	if diff := cmp.Diff(want, run); diff != "" {
		t.Error(diff)
	}
	for host, want := range map[string][]string{"scan1": {"xaa", "xac"}, "local": {"xab"}, "idle": nil, "scan9": nil} {
		if diff := cmp.Diff(want, run.ChunksOf(host)); diff != "" {
			t.Errorf("%s: %s", host, diff)
		}
	}
}

func TestWhatIsNoRunIsSaid(t *testing.T) {
	for _, c := range []struct {
		files map[string]string
		want  string
	}{
		{nil, "no scan of that name has run"},
		{map[string]string{"chunked/audit/.old/": ""}, "there is no run of that scan"},
		{map[string]string{"chunked/audit/.run-" + later + "/": ""}, "the run has no chunks yet"},
		{map[string]string{"chunked/audit/.run-" + later + "/": "", "chunked/audit/input/": ""}, "there is no run of that scan"},
		{map[string]string{"chunked/audit/.run-" + later + "/": "", "chunked/audit/input/202611250335/xaa": ""}, ".whosts"},
	} {
		_, err := gather.LastRun(shareOf(t, c.files), "audit")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	if _, err := gather.LastRun(filepath.Join(t.TempDir(), "nowhere"), "audit"); err == nil || !strings.Contains(err.Error(), "the shared folder") {
		t.Errorf("got %v", err)
	}
}

func TestAFolderOfBuildsIsLookedFor(t *testing.T) {
	for name, c := range map[string]struct {
		there   bool
		problem string
	}{"builds": {true, ""}, "file": {true, "is no folder"}, "nowhere": {false, ""}} {
		scan, _ := lay(t, map[string]string{
			"scan.yaml": "version: 1\nname: a\ninput: t\nremote: r\nhosts: [scan1]\ndeploy_from: " + name + "\n",
			"t":         "web1\n", "r": "true\n", "builds/x": "", "file": "",
		})
		facts, _ := gather.Facts(t.Context(), scan, "/home/me")
		if got, there := facts.Files[name]; there != c.there || got.Problem != c.problem {
			t.Errorf("%s: %+v, %v", name, got, there)
		}
	}
}
