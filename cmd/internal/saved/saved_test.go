package saved_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"scanmaster/cmd/internal/saved"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

func aPlan() plan.Plan {
	return plan.Plan{
		File: "scans/audit.yaml", Base: plan.BasePlaceholder, Version: 1,
		Layout: job.Layout{Dir: "/mnt/scanmaster", Name: "audit", Run: plan.RunPlaceholder, Min: plan.MinPlaceholder},
		Builds: []plan.Build{{System: plan.ThisBuild, SHA256: "b1"}},
		Steps:  []plan.Step{plan.Agent{}, plan.Merge{Into: "final"}},
	}
}

// document is a saved plan with members that may be changed first.
func document(t *testing.T, change func(map[string]any)) []byte {
	t.Helper()
	digest, err := saved.Digest(aPlan())
	if err != nil {
		t.Fatal(err)
	}
	doc := map[string]any{"format_version": saved.FormatVersion, "digest": digest, "plan": aPlan()}
	change(doc)
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := saved.Write(path, text); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAPlanIsReadBackAsItWasSaved(t *testing.T) {
	got, err := saved.Read(write(t, document(t, func(map[string]any) {})))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := plan.Changes(aPlan(), got)
	if err != nil || len(changes) > 0 || got.File != "scans/audit.yaml" {
		t.Errorf("got %+v, %v", changes, err)
	}
}

func TestTheDigestIsThatOfWhatIsDone(t *testing.T) {
	digest := func(change func(*plan.Plan)) string {
		p := aPlan()
		change(&p)
		d, err := saved.Digest(p)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	same := digest(func(*plan.Plan) {})
	if other := digest(func(p *plan.Plan) { p.File = "./scans/audit.yaml" }); other != same {
		t.Error("the same file by another path is another plan")
	}
	for _, change := range []func(*plan.Plan){
		func(p *plan.Plan) { p.Builds[0].SHA256 = "b2" },
		func(p *plan.Plan) { p.Layout.Dir = "/mnt/other" },
		func(p *plan.Plan) { p.Steps = p.Steps[1:] },
	} {
		if digest(change) == same {
			t.Error("another plan has the same digest")
		}
	}
	if back, err := saved.ParseDigest(strings.ToUpper(same[len("sha256:"):])); err == nil {
		t.Errorf("digits alone are taken for %s", back)
	}
	if back, err := saved.ParseDigest("sha256:" + strings.ToUpper(same[len("sha256:"):])); err != nil || back != same {
		t.Errorf("%s, %v", back, err)
	}
	for _, bad := range []string{"", "sha256:", same + "0", same[:len(same)-1], "sha256:" + strings.Repeat("g", 64), "md5:" + same[len("sha256:"):]} {
		if _, err := saved.ParseDigest(bad); err == nil {
			t.Errorf("%q is taken for a digest", bad)
		}
	}
}

func TestOtherFilesAreNoPlans(t *testing.T) {
	for name, text := range map[string]string{
		"a scan file": "version: 1\nname: audit\n", "a scan file as JSON": `{"version": 1, "name": "audit"}`,
		"nothing": "", "a torn plan": `{"format_version": 1, "plan": {`, "null": "null", "another document": `{"format_version": 1}`,
		"a mapping of YAML": `{version: 1, name: audit}`, "text of a plan": `as {"format_version": 1, "plan": {}}`,
	} {
		if _, err := saved.Read(write(t, []byte(text))); !errors.Is(err, saved.ErrNoPlan) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := saved.Read(t.TempDir()); !errors.Is(err, saved.ErrNoPlan) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := saved.Read(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := saved.Read(pipe); !errors.Is(err, saved.ErrNoPlan) { // and doesn't wait for a writer
		t.Errorf("a pipe: %v", err)
	}
}

// A scan file may be JSON. Of one no more is read than tells that: the rest of this
// one is a hole.
func TestOfALongScanFileOnlyTheBeginningIsRead(t *testing.T) {
	path := write(t, nil)
	if err := os.WriteFile(path, []byte(`{"version": 1, "name": "audit"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<30); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := saved.Read(path)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, saved.ErrNoPlan) || took > 1<<20 {
		t.Errorf("%v, and %d bytes for it", err, took)
	}
}

func TestAPlanThatIsNotWhatItSaysIsRefused(t *testing.T) {
	for want, change := range map[string]func(map[string]any){
		"has format_version 2":            func(doc map[string]any) { doc["format_version"] = 2 },
		"doesn't have the digest":         func(doc map[string]any) { doc["digest"] = "sha256:00" },
		"doesn't have the digest that it": func(doc map[string]any) { delete(doc, "digest") },
		"no step of kind \"teleport\"": func(doc map[string]any) {
			doc["plan"] = map[string]any{"steps": []any{map[string]any{"kind": "teleport"}}}
		},
		"is of another version of this prog": func(doc map[string]any) { doc["plan"] = []int{1} },
	} {
		_, err := saved.Read(write(t, document(t, change)))
		if err == nil || errors.Is(err, saved.ErrNoPlan) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "make it anew with scanmaster plan --out") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestAPlanIsWrittenWholeOrNotAtAll(t *testing.T) {
	path := write(t, document(t, func(doc map[string]any) { doc["commands"] = "old" }))
	if err := saved.Write(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "new" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	if err := saved.Write(path, nil); err == nil || !strings.Contains(err.Error(), "is there, and no saved plan: it is left alone") {
		t.Error(err)
	}
	if err := saved.Write(os.DevNull, []byte("new")); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatal("the null device is gone")
	}
	if err := saved.Write(filepath.Join(path, "x"), nil); err == nil {
		t.Error("it is in a file that is no folder")
	}
	if err := saved.Write(filepath.Join(t.TempDir(), "none", "plan.json"), nil); err == nil {
		t.Error(fmt.Errorf("it is in a folder that isn't there"))
	}
}
