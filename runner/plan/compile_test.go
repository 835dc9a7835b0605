package plan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

func compile(t *testing.T, s *spec.Scan, f plan.Facts) plan.Plan {
	t.Helper()
	p, problems := plan.Compile(s, f)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestStepsComeInTheirOrder(t *testing.T) {
	without := static()
	without.Hooks = spec.Hooks{}
	for _, c := range []struct {
		scan *spec.Scan
		want string
	}{
		{base(), "pre check probe clear agent stage split launch wait aggregate"},
		{without, "check probe clear agent stage split launch wait merge"},
	} {
		var kinds []string
		for _, step := range compile(t, c.scan, facts()).Steps {
			kinds = append(kinds, step.Kind())
		}
		if got := strings.Join(kinds, " "); got != c.want {
			t.Errorf("steps are %s, want %s", got, c.want)
		}
	}
}

func TestAPlanReadBackIsTheSame(t *testing.T) {
	merged := static()
	merged.Hooks.Aggregate = ""
	for _, s := range []*spec.Scan{base(), merged} {
		want := compile(t, s, facts())
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got plan.Plan
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAPlanOfAnotherVersionIsNotReadInPart(t *testing.T) {
	for text, want := range map[string]string{
		`{"steps":[{"kind":"agent"},{"kind":"teleport"}]}`: `step 2: no step of kind "teleport"`,
		`{"steps":[7]}`: "step 1: ",
		`{"steps":{}}`:  "cannot unmarshal",
		`{"steps":[{"kind":"wait","count":"many"}]}`: "step 1: ",
	} {
		var p plan.Plan
		err := json.Unmarshal([]byte(text), &p)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestFewerTargetsThanWorkersMakeFewerChunks(t *testing.T) {
	f := facts()
	f.Targets = 2
	p := compile(t, static(), f)
	if got := find[plan.Split](p).Chunks; got != 2 {
		t.Errorf("%d chunks, want 2", got)
	}
	if got := find[plan.Wait](p).Count; got != 2 {
		t.Errorf("wait for %d workers, want 2", got)
	}
	if got := len(find[plan.Launch](p).Workers); got != 3 {
		t.Errorf("%d workers to choose from, want 3", got)
	}
}

func TestThereAreSoManyChunksAWorker(t *testing.T) {
	scan := static()
	scan.Chunks = 4
	p := compile(t, scan, facts())
	if split, wait := find[plan.Split](p), find[plan.Wait](p); split.Chunks != 12 || split.PerWorker != 4 || wait.Count != 12 {
		t.Errorf("%+v, %+v: want 12 chunks for 3 workers", split, wait)
	}
}

func TestWhatAPreHookMayChangeDoesNotBind(t *testing.T) {
	f := facts()
	f.Targets = 2
	delete(f.Files, "targets")
	p := compile(t, base(), f)
	split := find[plan.Split](p)
	if split.Counted || split.Targets != 0 || split.Chunks != 3 {
		t.Errorf("split is %+v, want one that isn't counted", split)
	}
	if p.Summary.Counted {
		t.Error("the summary counts targets")
	}
	if !find[plan.Check](p).Dynamic {
		t.Error("the check isn't dynamic")
	}
	if f := p.Summary.Inputs[0]; f.SHA256 != "" {
		t.Errorf("input is %+v, want one without a digest", f)
	}
}

func TestTheAggregatorIsToldOfOneInput(t *testing.T) {
	p := compile(t, static(), facts())
	want := []string{"info1", "<BASE>/targets", "/mnt/scanmaster/chunked/info1/started"}
	if diff := cmp.Diff(want, find[plan.Aggregate](p).Args); diff != "" {
		t.Error(diff)
	}
	several := static()
	several.Input = spec.Paths{"targets", "never"}
	p = compile(t, several, facts())
	want[1] = "/mnt/scanmaster/chunked/info1/.run-<RUN>/input"
	if diff := cmp.Diff(want, find[plan.Aggregate](p).Args); diff != "" {
		t.Error(diff)
	}
	staged := find[plan.Stage](p).Files
	if last := staged[len(staged)-1]; last.To != want[1] || last.File.Path != "" {
		t.Errorf("staged last is %+v, want the joined input", last)
	}
}

func TestTheJobFileSaysWhatTheCommandLineCannot(t *testing.T) {
	s := base()
	s.Shell = "login"
	p := compile(t, s, facts())
	if p.Job.Shell != nil {
		t.Errorf("shell is %q, want none: the login shell", p.Job.Shell)
	}
	p = compile(t, base(), facts())
	if diff := cmp.Diff([]string{"bash", "-s"}, p.Job.Shell); diff != "" {
		t.Error(diff)
	}
	if got := p.Job.PostChunk; got == nil || got.Path != "/mnt/scanmaster/chunked/info1/.run-<RUN>/post_chunk" {
		t.Errorf("post-chunk hook is %+v", got)
	}
	if len(p.Job.Chunks) != 0 {
		t.Errorf("chunks are %v, want none yet", p.Job.Chunks)
	}
}

func TestPathsStartWhereTheyShould(t *testing.T) {
	for path, want := range map[string]string{
		"a/b": "/scans/a/b", "../a": "/a", "/x/../y": "/y", "~": "/home/me", "~/a": "/home/me/a", "~other": "/scans/~other", ".": "/scans",
	} {
		if got := plan.Resolve("/scans", "/home/me", path); got != want {
			t.Errorf("Resolve(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestWhatStandsAboveTheScanFileIsNotTakenForBesideIt(t *testing.T) {
	for path, want := range map[string]string{
		"share": "<BASE>/share", "./a/../share": "<BASE>/share", ".": "<BASE>", "..": "<BASE^>",
		"../share": "<BASE^>/share", "a/../../../share": "<BASE^^>/share", "..share": "<BASE>/..share",
	} {
		if got := plan.Resolve(plan.BasePlaceholder, "~", path); got != want {
			t.Errorf("Resolve(%q) = %q, want %q", path, got, want)
		}
	}
}
