package webpage

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"scanmaster/runner/chunk"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
	"scanmaster/runner/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

var made = Options{Now: time.Date(2026, 1, 2, 16, 0, 0, 0, time.UTC), Version: "scanmaster test"}

// page makes the page of a run.
func page(t testing.TB, run *past.Run, most bounds) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := write(t.Context(), &out, run, made, most); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// parsed reads a page as a browser does.
func parsed(t testing.TB, text string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// all gives the elements of a name; those of all names where that is empty.
func all(doc *html.Node, name string) (found []*html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && (name == "" || n.Data == name) {
			found = append(found, n)
		}
	}
	return found
}

func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestThePageOfASmallRun(t *testing.T) {
	got := page(t, fleet(t, 24), usual)
	for _, asset := range []string{string(assets.CSS), string(assets.JS)} {
		got = strings.Replace(got, asset, "…", 1)
	}
	got = strings.Replace(got, strings.NewReplacer("'", "&#39;", "+", "&#43;").Replace(assets.Policy), "…", 1)
	const golden = "testdata/small.html"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page is not as in %s; go test -update writes it anew:\n%s", golden, got)
	}
}

// TestNoTextBecomesMarkup has targets send all that they can, in all places, and
// reads the page as a browser does.
func TestNoTextBecomesMarkup(t *testing.T) {
	doc := parsed(t, page(t, fleet(t, 40_000), usual))
	ours := strings.Fields(`html head meta link title style body a header p h1 span dl div dt dd main section h2 svg desc text tspan rect
		defs pattern line circle ul li ol details summary code pre b em wbr noscript form label input select option button table caption
		thead tbody nav footer script`)
	for _, n := range all(doc, "") {
		if !slices.Contains(ours, n.Data) {
			t.Errorf("there is an element %q", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "srcdoc" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") && a.Val != "data:," {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	if n := len(all(doc, "script")); n != 3 {
		t.Errorf("there are %d scripts", n)
	}
	var pres []string
	for _, n := range all(doc, "pre") {
		pres = append(pres, textOf(n))
	}
	for _, text := range hostile {
		want := shown(strings.ReplaceAll(text, "\x00", "")) // which no classic file holds
		if !slices.Contains(pres, want) {
			t.Errorf("%q is not shown as %q", text, want)
		}
	}
}

func TestThePolicyIsThatOfWhatIsThere(t *testing.T) {
	doc := parsed(t, page(t, fleet(t, 4), usual))
	policy := ""
	for _, n := range all(doc, "meta") {
		if attribute(n, "http-equiv") == "Content-Security-Policy" {
			policy = attribute(n, "content")
		}
	}
	style, script := textOf(all(doc, "style")[0]), ""
	for _, n := range all(doc, "script") {
		if attribute(n, "type") == "" {
			script = textOf(n)
		}
	}
	for _, want := range []string{"default-src 'none'", "style-src '" + digest(style) + "'", "script-src '" + digest(script) + "'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%s is not in %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
}

// data reads what stands in one of the data elements.
func data(t *testing.T, doc *html.Node, id string, into any) {
	t.Helper()
	for _, n := range all(doc, "script") {
		if attribute(n, "id") == id {
			if err := json.Unmarshal([]byte(textOf(n)), into); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("there is no %s", id)
}

func TestEachTargetIsARowOfTheTable(t *testing.T) {
	const n = 4000
	doc := parsed(t, page(t, fleet(t, n), usual))
	var rows [][]any
	var words struct {
		Outcomes, Colours, Reasons, Workers []string
		Groups                              []int
	}
	data(t, doc, "rows", &rows)
	data(t, doc, "words", &words)
	if len(rows) != n || len(words.Outcomes) != len(words.Colours) || len(words.Groups) != len(all(doc, "details")) {
		t.Fatalf("%d rows, %v", len(rows), words)
	}
	told := func(i int) string {
		r := rows[i]
		return fmt.Sprint(r[0], " ", r[1], " ", words.Outcomes[int(r[2].(float64))], " ", words.Reasons[int(r[3].(float64))], " ",
			words.Workers[int(r[4].(float64))], " ", r[5], " ", r[6], " ", r[8])
	}
	for i, want := range map[int]string{
		0:    "web000000.dc0.example.com 10.0.0.0 ok  scan1 3 120 ",
		1:    "web000001.dc1.example.com 10.0.0.1 nossh auth-timeout scan1 42 -1 the deadline of 20s ended it",
		5:    "web000005.dc2.example.com 10.0.0.5 missing untried scan1 -1 -1 ",
		502:  "web000502.dc1.example.com 10.0.1.246 nosshd refused scan1 -1 -1 connect: connection refused by " + hostile[1],
		2004: "web002004.dc0.example.com 10.0.7.212 exit_3  scan3 39 636 ",
	} {
		if got := told(i); got != want {
			t.Errorf("row %d is\n%s, want\n%s", i, got, want)
		}
	}
}

func TestWhatIsLeftOutIsSaid(t *testing.T) {
	most := usual
	most.groups, most.outputs, most.output, most.hosts, most.details = 3, 60, 20, 30, 40
	doc := parsed(t, page(t, fleet(t, 4000), most))
	text := textOf(doc)
	for _, want := range []string{
		"30 more groups of 72 targets in all are not shown here.", "Only the first 20 B of 51 B are shown.", "… and more, which the table shows",
		"This page has grown too large for the details of 11 targets.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not there", want)
		}
	}
	if n := len(all(doc, "details")); n != 3 {
		t.Errorf("%d groups are shown", n)
	}
}

// TestARunThatIsNotOverIsShown, one of whose outputs is gone.
func TestARunThatIsNotOverIsShown(t *testing.T) {
	s := pasttest.New(t, "audit")
	came := func(c chunk.Target) (result.Outcome, io.Reader, bool) {
		return result.Outcome{Class: result.OK, Phase: result.PhaseRun, ConnectMS: 5, RunMS: 70}, strings.NewReader("fine\n"), c.Host != "c"
	}
	s.Run(runID,
		pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "a\nb\nc\n", Came: came, Unfinished: true},
		pasttest.Chunk{Name: "xab", Worker: "scan2", List: "d\n"})
	if err := os.WriteFile(s.Path(pasttest.Out("xaa"), "hosts_ok"), []byte("a,a,other\nb,b,other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := textOf(parsed(t, page(t, opened(t, s), usual)))
	for _, want := range []string{"not at its end", "2 outputs can't be read", past.ErrChanged.Error(), past.OutputChanged, "in hand"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not there", want)
		}
	}
}

func TestAClassicWorkersTargetsHaveNoTimes(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(runID, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "a\nb\n", Classic: true, Came: func(chunk.Target) (result.Outcome, io.Reader, bool) {
		return result.Outcome{Class: result.OK}, strings.NewReader("fine\n"), true
	}})
	text := textOf(parsed(t, page(t, opened(t, s), usual)))
	if n := strings.Count(text, "No such time is known."); n != 2 {
		t.Errorf("%d times of 2 are unknown", n)
	}
}

// full is a disk without room.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("no room")

// TestWhatCannotBeWrittenIsAnError wherever it happens, and no temporary file stays.
func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	run := fleet(t, 40)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	size := len(page(t, run, usual))
	for left := 0; left < size; left += size / 50 {
		if _, err := Write(t.Context(), &full{left: left}, run, made); !errors.Is(err, errFull) {
			t.Fatalf("with room for %d: %v", left, err)
		}
	}
	if rest, err := filepath.Glob(filepath.Join(tmp, "*")); err != nil || len(rest) > 0 {
		t.Errorf("%q stayed (%v)", rest, err)
	}
	t.Setenv("TMPDIR", filepath.Join(tmp, "none"))
	if _, err := Write(t.Context(), io.Discard, run, made); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	run := fleet(b, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Write(b.Context(), io.Discard, run, made); err != nil {
			b.Fatal(err)
		}
	}
}
