package ci

import (
	"bytes"
	"fmt"
	"testing"

	"scanmaster/spec/diag"
)

func TestProblemsAreShownWhereTheyAre(t *testing.T) {
	var out bytes.Buffer
	if err := Problems(&out, diag.List{
		{Pos: diag.Pos{File: "scans/a,b.yaml", Line: 4, Col: 1}, Summary: "unknown key remtoe", Hint: "did you mean remote?"},
		{Severity: diag.Warning, Pos: diag.Pos{File: "::error::\n.yaml"}, Summary: "100%\n::error::"},
	}); err != nil {
		t.Fatal(err)
	}
	want := "::error file=scans/a%2Cb.yaml,line=4,col=1::unknown key remtoe%0Ahint: did you mean remote?\n" +
		`::warning file=\x3a%3Aerror%3A%3A\n.yaml::100%25\n::error::` + "\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	if got := obey(out.String()); len(got) != 2 || got[0].name != "error" || got[1].name != "warning" {
		t.Errorf("%+v", got)
	}
}

func TestThereAreNotMoreProblemsThanGitHubShows(t *testing.T) {
	var problems diag.List
	for n := range 40 {
		problems = append(problems, diag.Diagnostic{Severity: diag.Severity(n % 2), Pos: diag.Pos{File: "scan.yaml", Line: n + 1}, Summary: fmt.Sprint(n)})
	}
	var out bytes.Buffer
	if err := Problems(&out, problems); err != nil {
		t.Fatal(err)
	}
	got := obey(out.String())
	if len(got) != 18 || got[16].text != "12 more of these are in the log" || got[17].name != "warning" {
		t.Errorf("%d: %+v", len(got), got)
	}
}
