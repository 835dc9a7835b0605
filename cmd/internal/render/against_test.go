package render_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"scanmaster/cmd/internal/render"
	"scanmaster/runner/plan"
)

// hostileChanges have what must not drive a terminal or a log.
var hostileChanges = []plan.Change{
	{What: "remote.script", Old: "a.sh, 1 line, sha256:41d0", New: "a.sh, 2 lines, sha256:77aa"},
	{What: "worker \x1b[2J", Old: "scan1\n::error::x"},
	{What: "jobs", New: "\u202e10"},
}

func TestChangesAreLinesThatNameThem(t *testing.T) {
	got := render.Changes(hostileChanges)
	want := `  remote.script   - a.sh, 1 line, sha256:41d0
                  + a.sh, 2 lines, sha256:77aa
  worker \x1b[2J  - scan1\n::error::x
  jobs            + \u202e10
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
	if render.Changes(nil) != "" {
		t.Error("no change is told of")
	}
}

func TestTheHeadOfChangesCountsThem(t *testing.T) {
	p := compile(t, base(), nil)
	for want, changes := range map[string][]plan.Change{"nothing has changed since sha256:": nil, "3 changes since sha256:": hostileChanges} {
		var out bytes.Buffer
		if err := render.Against(&out, p, p, changes); err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(out.String(), "\n"); !strings.Contains(first, want) {
			t.Errorf("got %s", first)
		}
	}
	if render.Against(full{}, p, p, nil) == nil || render.Saved(full{}, "plan.json", "sha256:41d0") == nil {
		t.Error("a full disk is not told of")
	}
}

func TestChangesForPrograms(t *testing.T) {
	old, now := compile(t, base(), nil), compile(t, base(), nil)
	now.Lease++
	text, err := render.AgainstJSON(old, now, hostileChanges)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		FormatVersion int `json:"format_version"`
		From, To      string
		Changes       []struct{ What, Old, New string }
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.FormatVersion != render.JSONVersion || doc.From == doc.To || len(doc.Changes) != 3 || doc.Changes[1].What != "worker \x1b[2J" {
		t.Errorf("got %s", text)
	}
	if bytes.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("something hostile is raw in %q", text)
	}
}
