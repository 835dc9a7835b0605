package ci

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"scanmaster/runner"
)

var update = flag.Bool("update", false, "write the wanted page anew")

func TestThePageIsAsWanted(t *testing.T) {
	p := &Page{Scan: "audit"}
	for _, e := range loud {
		p.Report(e)
	}
	got := p.Markdown(one, "", "scanmaster resume audit.yaml") + p.Markdown(runner.Summary{}, "wait: "+hostile, "")
	if *update {
		if err := os.WriteFile("testdata/page.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/page.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
	wantHarmless(t, got)
}

// rendered gives a page as GitHub's flavour of Markdown has it, HTML included.
func rendered(t *testing.T, page string) string {
	t.Helper()
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(page), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	ours    = regexp.MustCompile(`^</?(h3|p|ul|li|strong|code|table|thead|tbody|tr|t[hd]( style="text-align:(left|right)")?)>$`)
	tags    = regexp.MustCompile(`<[^>]*>`)
	between = regexp.MustCompile(`^[A-Za-z0-9 ',.:\n-]*$`)
	spans   = regexp.MustCompile(`(?s)<code>.*?</code>`)
)

// wantHarmless wants nothing of a page but headings, lists and tables, and text of
// others as code alone: GitHub makes no links and no mentions of that.
func wantHarmless(t *testing.T, page string) {
	t.Helper()
	shown := rendered(t, page)
	for _, tag := range tags.FindAllString(shown, -1) {
		if !ours.MatchString(tag) {
			t.Errorf("%s in the page\n%s", tag, shown)
		}
	}
	text := tags.ReplaceAllString(spans.ReplaceAllString(shown, ""), "")
	if !between.MatchString(text) {
		t.Errorf("text of others in the page\n%s", text)
	}
	if got := obey(page); len(got) > 0 {
		t.Errorf("commands in the page: %v", got)
	}
}

func FuzzPage(f *testing.F) {
	f.Add(hostile, "exit_3")
	f.Add("\\", "a|b`c")
	f.Add("` `", "``")
	f.Add("a\\", "\\|\\`")
	f.Fuzz(func(t *testing.T, text, class string) {
		p := &Page{Scan: text}
		p.Report(runner.WorkerSkipped{Worker: text, Reason: class})
		p.Report(runner.HookFailed{Hook: "pre", Where: text, Reason: text, Tail: text})
		p.Report(runner.Warning{Text: text})
		s := one
		s.Tally, s.MissingNames, s.Results = tally(map[string]int64{class: 2, text: 1}), []string{text, class}, text
		wantHarmless(t, p.Markdown(s, "", text))
		wantHarmless(t, p.Markdown(s, text, class))
	})
}

func TestAPageIsBounded(t *testing.T) {
	p := &Page{Scan: "audit"}
	long := strings.Repeat("`|\x1b", 1000)
	s := runner.Summary{Targets: 1, Results: long, MissingFile: long, Missing: 9, Tally: tally(map[string]int64{})}
	for i := range 500 {
		p.Report(runner.WorkerLost{Worker: long, Chunk: long, Reason: long})
		p.Report(runner.WorkerSkipped{Worker: long, Reason: long})
		p.Report(runner.HookFailed{Hook: long, Where: long, Reason: long})
		p.Report(runner.Warning{Text: long})
		s.MissingNames = append(s.MissingNames, long)
		s.Tally.Counts[fmt.Sprintf("%d%s", i, long)] = 1
	}
	page := p.Markdown(s, strings.Repeat(long+"\n", 1000), long)
	if len(page) > maxPage/5 {
		t.Errorf("%d bytes", len(page))
	}
	if !strings.Contains(page, "- and 950 more\n") || !strings.Contains(page, "| and 451 more | | |") {
		t.Error(page)
	}
	wantHarmless(t, page)
}

func TestAPageIsAddedWhereThereIsRoom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	for range 2 {
		if err := Append(path, "page\n"); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "page\n\npage\n" {
		t.Errorf("%q, %v", text, err)
	}
	if err := os.WriteFile(path, make([]byte, maxPage-3), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Append(path, "page\n"); err == nil {
		t.Error("more than GitHub takes was added")
	}
}
