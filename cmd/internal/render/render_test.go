package render_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"scanmaster/cmd/internal/render"
	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/diag"
)

func TestOneWorkerStandsInFullAndTheOthersByWhatDiffers(t *testing.T) {
	p := compile(t, base(), nil)
	short, full := text(t, p, false), text(t, p, true)
	if n := strings.Count(short, "<BIN> worker"); n != 1 {
		t.Errorf("%d workers in full, want 1:\n%s", n, short)
	}
	if !strings.Contains(short, "listed-in-nodes, scan2 the same with xab, xac\n") {
		t.Errorf("the others aren't told of:\n%s", short)
	}
	if n := strings.Count(full, "<BIN> worker"); n != 3 {
		t.Errorf("%d workers in full with all, want 3:\n%s", n, full)
	}
}

func TestLocalAndRemoteWorkersStandInFullOnceEach(t *testing.T) {
	s := base()
	s.Hosts = spec.Hosts{{Host: "local"}, {Host: "scan1"}, {Host: "local"}, {Host: "scan2"}}
	got := text(t, compile(t, s, nil), false)
	for _, want := range []string{
		"\n   local-1    a process of this binary:\n",
		"\n   scan1      ssh scan1\n",
		"\n   local-2    the same with xac\n",
		"\n   scan2      the same with xad\n",
		", 2 on this machine and 2 over SSH",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestJSONHasAVersionKindsAndCommands(t *testing.T) {
	var doc struct {
		Version  int `json:"format_version"`
		Plan     plan.Plan
		Commands []struct {
			Worker, Chunk string
			Command       plan.Command
		}
	}
	if err := json.Unmarshal([]byte(asJSON(t, compile(t, base(), nil))), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != render.JSONVersion || len(doc.Plan.Steps) != 10 || len(doc.Commands) != 3 {
		t.Errorf("version %d, %d steps, %d commands", doc.Version, len(doc.Plan.Steps), len(doc.Commands))
	}
	if c := doc.Commands[2]; c.Worker != "scan2" || c.Chunk != "xac" || c.Command.Via != plan.ViaScreen {
		t.Errorf("the last command is %+v", c)
	}
}

func TestHostileNamesDriveNothing(t *testing.T) {
	s := base()
	s.Remote.Script = "x\x1b[2J\u202e\n::error::.sh"
	s.Hosts = spec.Hosts{{Host: "local"}}
	p := compile(t, s, nil)
	for _, got := range []string{text(t, p, true), asJSON(t, p)} {
		if strings.ContainsAny(got, "\x1b\u202e") {
			t.Errorf("raw controls in %q", got)
		}
		for line := range strings.Lines(got) {
			if strings.HasPrefix(strings.TrimSpace(line), "::") {
				t.Errorf("a line is %q", line)
			}
		}
	}
}

func TestWhatOnlyTheRunCanKnowIsNamed(t *testing.T) {
	got := text(t, compile(t, base(), func(f *plan.Facts) { f.Counted = false; delete(f.Files, "targets") }), false)
	for _, want := range []string{
		"targets of targets (made by the pre hook), counted after the pre hook",
		"the pre hook may change these",
		"at most 6 chunks, 1 a live worker",
		"1% of the targets in 3 chunks of these first",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestProblemsQuoteOnlyTheScanFile(t *testing.T) {
	source := []byte("version: 1\r\n\tname: \u202eév\x1bil\n")
	problems := diag.List{
		{Pos: diag.Pos{File: "s.yaml", Line: 2, Col: 8}, Summary: "no \x1b name", Hint: "take\nanother"},
		{Pos: diag.Pos{File: "s.yaml", Line: 1}, Severity: diag.Warning, Summary: "old"},
		{Pos: diag.Pos{File: "input.txt", Line: 1, Col: 1}, Summary: "no host"},
		{Pos: diag.Pos{File: "s.yaml", Line: 9, Col: 1}, Summary: "beyond"},
		{Pos: diag.Pos{File: "::error::.yaml"}, Summary: "named like a command"},
	}
	var out strings.Builder
	if err := render.Problems(&out, problems, "s.yaml", source); err != nil {
		t.Fatal(err)
	}
	want := `s.yaml:2:8: no \x1b name
  | \tname: \u202eév\x1bil
  |         ^
  hint: take\nanother
s.yaml:1: warning: old
  | version: 1
input.txt:1:1: no host
s.yaml:9:1: beyond
./::error::.yaml: named like a command
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestACaretBeyondTheQuotedPartIsLeftOut(t *testing.T) {
	line := strings.Repeat("a", 300)
	problems := diag.List{{Pos: diag.Pos{File: "s.yaml", Line: 1, Col: 250}, Summary: "there"}}
	var out strings.Builder
	if err := render.Problems(&out, problems, "s.yaml", []byte(line)); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "^") || !strings.Contains(got, "…\n") {
		t.Errorf("got\n%s", got)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsToldOf(t *testing.T) {
	p := compile(t, base(), nil)
	for _, err := range []error{render.Text(full{}, p, false), render.Problems(full{}, nil, "", nil)} {
		if err == nil {
			t.Error("nothing was told of")
		}
	}
}
