package ci

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
	"scanmaster/runner/result"
)

func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// hostile text would be a command of each kind, drive a terminal, and be more than
// text in Markdown and HTML.
const hostile = "::error::no\n  ::add-mask::x\r\n##[group]a ##vso[b]\x1b[0Ksection_end:1:scanmaster_pre\r\x1b[0K" +
	"%0A::notice::%25`|<img src=x onerror=alert(1)> @octocat ![a](https://evil.example) #1 www.evil.example \u202e"

func tally(counts map[string]int64) result.Tally { return result.Tally{Counts: counts} }

// loud are the events that carry text of others.
var loud = []runner.Event{
	runner.StepStarted{Number: 1, Of: 9, Name: "pre"},
	runner.HookOutput{Hook: "pre", Line: hostile},
	runner.HookOutput{Hook: "pre", Line: "two"},
	runner.StepDone{Number: 1, Name: "pre", Detail: hostile},
	runner.StepStarted{Number: 2, Of: 9, Name: "wait"},
	runner.WorkerSkipped{Worker: hostile, Reason: hostile},
	runner.WorkerLost{Worker: "scan1", Chunk: "xaa", Reason: hostile},
	runner.WorkerLost{Worker: "scan2", Chunk: "xab", Reason: "it was killed", Again: true},
	runner.HookFailed{Hook: "post_chunk", Where: "scan3", Reason: "it ended with status 9", Tail: "one\n" + hostile},
	runner.WorkerDone{Worker: "scan3", Chunk: "xac", Tally: tally(map[string]int64{hostile: 1})},
	runner.Warning{Text: hostile},
}

// log is a log with text in it, and what is written in between.
func log(out *bytes.Buffer) Log {
	text := &report.Text{Out: out, Now: noon}
	return Log{Reporter: text, Between: text.Between}
}

var one = runner.Summary{
	Name: "audit", Targets: 20000, Excluded: 9, Missing: 5800, MissingNames: []string{"web1 10.0.0.1", hostile}, MissingFile: "/share/missing",
	Tally:   tally(map[string]int64{"ok": 14000, "exit_3": 150, "nossh": 49, hostile: 1}),
	Results: "/share/final", Took: 12345 * time.Millisecond, Verdict: runner.Incomplete,
}

func TestOnlyOursAreCommandsToGitHub(t *testing.T) {
	var out bytes.Buffer
	a := &Annotations{Log: log(&out), Fold: true, Scan: "audit"}
	for _, e := range loud {
		a.Report(e)
	}
	a.End(runner.Summary{}, "wait: "+hostile)
	got := obey(out.String())
	if len(got) != 8 {
		t.Fatalf("%d commands: %+v\n%s", len(got), got, out.String())
	}
	for i, want := range []ran{
		{"group", "", "what hook pre says"},
		{"endgroup", "", ""},
		{"warning", "audit: worker left out", `\x3a:error::no\n`},
		{"error", "audit: worker lost", `scan1 with xaa: ::error::no\n`},
		{"warning", "audit: worker lost", "scan2 with xab, which another goes on with: it was killed"},
		{"error", "audit: hook failed", "post_chunk on scan3: it ended with status 9\none\n\\x3a:error::no\n"},
		{"warning", "audit: warning", `\x3a:error::no\n`},
		{"error", "audit: not carried out", "wait: ::error::no\n  \\x3a:add-mask::x\n"},
	} {
		if c := got[i]; c.name != want.name || c.title != want.title || !strings.HasPrefix(c.text, want.text) {
			t.Errorf("%+v, want %+v", c, want)
		}
	}
}

func TestGitHubIsToldNoMoreThanItShows(t *testing.T) {
	for _, c := range []struct {
		events, errors int
		last           string
	}{
		{3, 4, ""},
		{8, 9, ""},
		{9, 10, "w8 with xaa: gone"},
		{10, 10, "2 more of these are in the log"},
		{500, 10, "492 more of these are in the log"},
	} {
		var out bytes.Buffer
		a := &Annotations{Log: log(&out), Scan: "audit"}
		for i := range c.events {
			a.Report(runner.WorkerLost{Worker: fmt.Sprintf("w%d", i), Chunk: "xaa", Reason: "gone"})
		}
		a.End(runner.Summary{Verdict: runner.Incomplete}, "")
		all := obey(out.String())
		if len(all) != c.errors || c.last != "" && all[len(all)-1].text != c.last {
			t.Errorf("%d events: %d annotations, %+v", c.events, len(all), all[len(all)-1])
		}
		if n := strings.Count(out.String(), "is lost with xaa"); n != c.events {
			t.Errorf("the log has %d of %d", n, c.events)
		}
	}
}

func TestARunThatIsFineHasOneNotice(t *testing.T) {
	var out bytes.Buffer
	a := &Annotations{Log: log(&out), Fold: true, Scan: "audit"}
	a.Report(runner.HookOutput{Hook: "aggregate", Line: "done"})
	a.End(runner.Summary{Tally: tally(map[string]int64{"ok": 14000, "exit_3": 2}), Verdict: runner.Complete}, "")
	want := "::group::what hook aggregate says\n12:00:00: aggregate | done\n::endgroup::\n" +
		"::notice title=audit%3A complete::complete: 14,000 ok, 2 exit_3\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestEscapesAreThoseOfTheToolkit(t *testing.T) {
	if got := escapeData("a%0A\r\nb:c,d"); got != "a%250A%0D%0Ab:c,d" {
		t.Error(got)
	}
	if got := escapeProperty("a%0A\r\nb:c,d"); got != "a%250A%0D%0Ab%3Ac%2Cd" {
		t.Error(got)
	}
}

func TestOnlyOursAreSectionsToGitLab(t *testing.T) {
	var out bytes.Buffer
	s := &Sections{Log: log(&out), Now: noon}
	for _, e := range loud {
		s.Report(e)
	}
	s.End()
	s.End()
	const at = "1772625600"
	var got []string
	for _, mark := range strings.Split(out.String(), "\x1b[0K")[1:] {
		mark, _, _ = strings.Cut(mark, "\n")
		got = append(got, mark)
	}
	want := []string{
		"section_start:" + at + ":scanmaster_pre[collapsed=true]\r", "step 1 of 9: pre",
		"section_end:" + at + ":scanmaster_pre\r", "",
		"section_start:" + at + ":scanmaster_wait\r", "step 2 of 9: wait",
		"section_end:" + at + ":scanmaster_wait\r", "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%q", diff, out.String())
	}
	if n := strings.Count(out.String(), "\r"); n != 4 {
		t.Errorf("%d carriage returns in %q", n, out.String())
	}
}

func TestTheEnvironmentTellsWhereWeAre(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want System
	}{
		{nil, None},
		{map[string]string{"CI": "true"}, None},
		{map[string]string{"GITHUB_ACTIONS": "true"}, GitHub},
		{map[string]string{"GITLAB_CI": "true"}, GitLab},
		{map[string]string{"GITHUB_ACTIONS": "false", "GITLAB_CI": "1"}, None},
	} {
		if got := Here(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}
