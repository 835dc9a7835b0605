package gather_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/gather"
	"scanmaster/spec/open"
)

const (
	earlier = "20261124T235959.000Z-ffffff"
	later   = "20261125T033533.035Z-0565a6"
)

// dealt is the journal of a run that can be taken up.
const dealt = `{"kind":"dealt"}` + "\n"

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
		"chunked/audit/.run-" + earlier + "/plan.json": `{"layout": {"run": "` + earlier + `"}}`,
		"chunked/audit/.run-" + later + "/plan.json":   `{"layout": {"run": "` + later + `"}}`,
		"chunked/audit/.run-" + later + "/journal": `{"kind":"chunk","chunk":"xaa"}
{"kind":"chunk","chunk":"xab"}
{"kind":"started","chunk":"xaa","worker":"scan1"}
{"kind":"started","chunk":"xab","worker":"scan2"}
{"kind":"lost","chunk":"xab","worker":"scan2"}
{"kind":"started","chunk":"xab","worker":"scan1"}
`,
		"chunked/audit/.run-zzz/": "",
	})
	run, err := gather.LastRun(dir, "audit")
	if err != nil {
		t.Fatal(err)
	}
	if run.Plan.Layout.Run != later || len(run.State.Chunks) != 2 {
		t.Errorf("%+v", run)
	}
	for worker, want := range map[string][]string{"scan1": {"xaa", "xab"}, "scan2": nil} {
		if diff := cmp.Diff(want, run.ChunksOf(worker)); diff != "" {
			t.Errorf("%s: %s", worker, diff)
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
		{map[string]string{"chunked/audit/.run-" + later + "/": ""}, "nothing was started of that run"},
		{map[string]string{"chunked/audit/.run-" + later + "/plan.json": "x"}, "plan.json: invalid"},
		{map[string]string{
			"chunked/audit/.run-" + later + "/plan.json": "{}",
			"chunked/audit/202611250335.xaa/.record":     "",
		}, "journal is missing; apply --restart"},
		{map[string]string{"chunked/audit/.run-" + later + "/journal": dealt}, "plan.json is missing; apply --restart"},
		{map[string]string{"chunked/audit/.run-" + later + "/journal": dealt + `{"kind":"finished"}` + "\n"}, "plan.json"},
		{map[string]string{"chunked/audit/.run-" + later + "/journal": "x\n" + dealt}, "journal: line 1: "},
	} {
		_, err := gather.LastRun(shareOf(t, c.files), "audit")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	// Somebody else's folder may be closed to us, and isn't gone.
	_, err := gather.LastRun(shareOf(t, map[string]string{"chunked/audit": ""}), "audit")
	if err == nil || strings.Contains(err.Error(), "no scan of that name") {
		t.Errorf("got %v", err)
	}
	if _, err := gather.LastRun(filepath.Join(t.TempDir(), "nowhere"), "audit"); err == nil || !strings.Contains(err.Error(), "the shared folder") {
		t.Errorf("got %v", err)
	}
}

// TestThePlanIsThereWhateverElseIsNot has what it takes to end a run's workers.
func TestThePlanIsThereWhateverElseIsNot(t *testing.T) {
	files := map[string]string{
		"chunked/audit/.run-" + later + "/plan.json": `{"layout": {"run": "` + later + `"}}`,
		"chunked/audit/.run-" + later + "/journal":   "x\n" + dealt,
	}
	if p, err := gather.LastPlan(shareOf(t, files), "audit"); err != nil || p.Layout.Run != later {
		t.Errorf("%+v, %v", p, err)
	}
	delete(files, "chunked/audit/.run-"+later+"/plan.json")
	if _, err := gather.LastPlan(shareOf(t, files), "audit"); err == nil || !strings.Contains(err.Error(), "journal: line 1") {
		t.Error(err)
	}
	if _, err := gather.LastPlan(shareOf(t, map[string]string{"chunked/audit/.old/": ""}), "audit"); err == nil {
		t.Error("there is a plan of no run")
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
		facts, _ := gather.Facts(t.Context(), scan, "/home/me", open.Anywhere)
		if got, there := facts.Files[name]; there != c.there || got.Problem != c.problem {
			t.Errorf("%s: %+v, %v", name, got, there)
		}
	}
}
