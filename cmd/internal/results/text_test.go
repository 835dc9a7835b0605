package results

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
)

func TestTheBiggestGroupComesFirst(t *testing.T) {
	s := pasttest.New(t, "audit")
	leave(s, first, [2]string{"web1", "a"}, [2]string{"db1", "mute"}, [2]string{"web2", "b"}, [2]string{"web3", "b"}, [2]string{"web4", "bad"})
	want := `scan audit · run ` + first + ` · finished
  outcomes  3 ok, 1 exit_3, 1 nossh

2 hosts · ok
  web[2-3]
  | b

1 host · ok
  web1
  | a

1 host · nossh · auth-timeout
  db1
  e.g. db1: i/o timeout

1 host · exit_3
  web4
  no output
  stderr of web4 ends: it broke
`
	if got := shown(t, open(t, s, ""), Filter{}, View{Width: 80}); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	only, err := past.Select([]string{"failed"})
	if err != nil {
		t.Fatal(err)
	}
	got := shown(t, open(t, s, ""), Filter{Only: only, Hosts: []string{"db*", "web[4-9]"}}, View{Width: 80})
	if !strings.Contains(got, "  shown     1 of 5 targets\n\n1 host · exit_3\n") {
		t.Error(got)
	}
}

func TestWhatIsLongIsCutAndSaid(t *testing.T) {
	s := pasttest.New(t, "audit")
	var list [][2]string
	for i := range 2000 {
		list = append(list, [2]string{fmt.Sprintf("h%dx%d", i, i*i), "many"})
	}
	long := strings.Repeat("x", 3*maxPiece)
	list = append(list, [2]string{"long", strings.Repeat("line\n", 12) + long + "\nlast"}, [2]string{"wide", long + "\nend"})
	for i := range maxGroups {
		list = append(list, [2]string{fmt.Sprintf("g%d", i), fmt.Sprint("g", i)})
	}
	leave(s, first, list...)
	r := open(t, s, "")
	got := shown(t, r, Filter{}, View{Width: 60})
	for _, want := range []string{
		"… (--all shows all)\n  | many\n", "  | line\n  … and 4 more lines; --all shows them\n",
		"\n  | xxxxx", "x…\n  | end\n", "\n… and 3 more groups on 3 hosts; --all shows them\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	for line := range strings.Lines(got) {
		if n := len([]rune(line)); n > 61 {
			t.Errorf("a line of %d columns: %.80s", n, line)
		}
	}
	all := shown(t, r, Filter{}, View{Width: 60, All: true})
	if strings.Contains(all, "--all") || strings.Count(all, "h") < 2000 || !strings.Contains(all, "  | last\n") || !strings.Contains(all, "  | g19\n") {
		t.Errorf("not all is there: %.2000s", all)
	}
	if n := strings.Count(all, "x") - 2000; n < 6*maxPiece {
		t.Errorf("%d of %d bytes of long lines are there", n, 6*maxPiece)
	}
}

func TestAListIsPartedBehindCommas(t *testing.T) {
	for _, c := range []struct {
		list  string
		width int
		most  int
		want  []string
	}{
		{"", 10, 0, nil},
		{"a,b,c", 10, 0, []string{"a,b,c"}},
		{"aaa,bbb,ccc", 7, 0, []string{"aaa,", "bbb,ccc"}},
		{"aaaaaaaa,b", 4, 0, []string{"aaaaaaaa,", "b"}},
		{"äää,äää,äää", 8, 0, []string{"äää,äää,", "äää"}},
		{"aaa,bbb,ccc,ddd", 4, 2, []string{"aaa,", "bbb," + cutMark}},
	} {
		if got := wrap(c.list, c.width, c.most); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.list, got, c.want)
		}
	}
}

func TestOutputThatCannotBeReadIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(file string) error
		want  string
	}{
		"gone":    {os.Remove, "2 hosts · ok · output-gone\n  web[1-2]\n"},
		"cut":     {func(file string) error { return os.Truncate(file, 9) }, "1 host · ok · output-changed\n  web2\n"},
		"changed": {func(file string) error { return os.WriteFile(file, []byte("web1,,A\nweb2,,b\n"), 0o600) }, "1 host · ok · output-changed\n  web1\n"},
	} {
		s := pasttest.New(t, "audit")
		leave(s, first, [2]string{"web1", "a"}, [2]string{"web2", "b"})
		if err := c.spoil(filepath.Join(s.Path(pasttest.Out("xaa")), "hosts_ok")); err != nil {
			t.Fatal(err)
		}
		r := open(t, s, "")
		folded, err := Fold(t.Context(), r, Filter{}, nil)
		if err != nil || len(folded.Notes()) == 0 {
			t.Errorf("%s: %v, %q", name, err, folded.Notes())
		}
		if got := shown(t, r, Filter{}, View{Width: 80}); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
		var out bytes.Buffer
		if _, err := CSV(t.Context(), &out, r, Filter{}, false); err != nil || !strings.Contains(out.String(), ",output-"+strings.Replace(name, "cut", "changed", 1)+",") {
			t.Errorf("%s: %s, %v", name, out.String(), err)
		}
		if _, err := JSON(t.Context(), &out, r, Filter{}, View{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWriterThatFailsIsTold(t *testing.T) {
	s := pasttest.New(t, "audit")
	leave(s, first, [2]string{"web1", strings.Repeat("long ", 10_000)}, [2]string{"web2", "b"})
	r := open(t, s, "")
	folded, err := Fold(t.Context(), r, Filter{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, errCSV := CSV(t.Context(), failing{}, r, Filter{}, true)
	_, errJSON := JSON(t.Context(), failing{}, r, Filter{}, View{})
	_, errLines := Lines(t.Context(), failing{}, r, Filter{}, false)
	for _, err := range []error{folded.Text(t.Context(), failing{}, View{Width: 80}), errCSV, errJSON, errLines} {
		if !errors.Is(err, errFull) {
			t.Error(err)
		}
	}
}

// FuzzShown shows outputs and hosts that may be anything: each line is ours, or behind
// a mark of ours, and nothing in it drives anything.
func FuzzShown(f *testing.F) {
	f.Add("=cmd()\n::error::\x1b[2J\x00\u202e\xff\r\n##[error]", "mute", "web1")
	f.Add("", "a\n\n\nb", strings.Repeat("a", 40)+",::error::owned,"+strings.Repeat("b", 40)+",\u3000::add-mask::x,##[error]")
	f.Fuzz(func(t *testing.T, one, two, host string) {
		s := pasttest.New(t, "audit")
		leave(s, first, [2]string{"web1", one}, [2]string{host, two}, [2]string{"web3", one})
		r := open(t, s, "")
		for _, v := range []View{{Width: 30}, {Width: 30, Diff: true}, {Width: 30, All: true}} {
			for line := range strings.Lines(shown(t, r, Filter{}, v)) {
				line = strings.TrimSuffix(line, "\n")
				if command.MatchString(line) || strings.ContainsFunc(line, unsafe) {
					t.Errorf("%q", line)
				}
			}
		}
		var rows bytes.Buffer
		if _, err := CSV(t.Context(), &rows, r, Filter{}, false); err != nil {
			t.Fatal(err)
		}
		folded, err := Fold(t.Context(), r, Filter{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(rows.Bytes(), []byte("\n")); int64(n) != 1+folded.all || bytes.ContainsFunc(bytes.ReplaceAll(rows.Bytes(), []byte("\n"), nil), unsafe) {
			t.Errorf("%d rows: %q", n, rows.Bytes())
		}
	})
}

// command is a line that GitHub's runner takes for one of its commands: it drops the
// blanks before, and knows these names. "##[" it looks for anywhere.
var command = regexp.MustCompile(`(?i)^[\s\pZ]*::(add-|debug|echo|endgroup|error|group|notice|remove-|save-|set-|stop-|warning)|##[a-z]*\[`)

func unsafe(r rune) bool { return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) }
