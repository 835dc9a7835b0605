package results

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
)

func TestNoCellIsAFormula(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		"plain":           "plain",
		"=cmd|'/c calc'!": "'=cmd|'/c calc'!",
		"+1":              "'+1", "-1": "'-1", "@x": "'@x", "＝1": "'＝1",
		"\t=1":            `\t=1`,
		"\r=1":            `\r=1`,
		"\n=1":            `\n=1`,
		" =1":             " '=1",
		"\u00a0@x":        "\u00a0'@x",
		"x;=HYPERLINK(1)": "x;'=HYPERLINK(1)",
		`a; "=1";;+2;-`:   `a; "'=1";;'+2;'-`,
		"a=1;b-2":         "a=1;b-2",
		"x;\t=1":          `x;\t=1`,
		"a\n=1":           `a\n=1`,
		"\x1b[2J":         `\x1b[2J`,
		"\u202e=1":        `\u202e=1`,
	} {
		if got, cut := plainCell(in); got != want || cut {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRawCellsAreTheOutput(t *testing.T) {
	s := pasttest.New(t, "audit")
	output := "=1+1\n\x1b[31m" + strings.Repeat("y", maxCell+10)
	leave(s, first, [2]string{"web1 10.0.0.1", output}, [2]string{"web2", "mute"}, [2]string{"web3", "lost"})
	r := open(t, s, "")
	for raw, want := range map[bool]string{true: output, false: ""} {
		var out bytes.Buffer
		notes, err := CSV(t.Context(), &out, r, Filter{}, raw)
		if err != nil || (len(notes) == 0) != raw || !raw && notes[0] != "1 output cut at 32,000 bytes, which is what a cell holds; --raw cuts nothing" {
			t.Fatalf("raw %v: %q, %v", raw, notes, err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(rows) != 4 || !slices.Equal(rows[0], columns) {
			t.Fatalf("%q, %v", rows, err)
		}
		cell := rows[1][9]
		if raw && cell != want || !raw && (!strings.HasPrefix(cell, `'=1+1\n\x1b[31myy`) || len(cell) > maxCell || !strings.HasSuffix(cell, "y…")) {
			t.Errorf("raw %v: %.100q of %d", raw, cell, len(cell))
		}
		rows[1][9] = ""
		if want := []string{"1", "web1", "10.0.0.1", "ok", "0", "", "scan1", "", "", ""}; !slices.Equal(rows[1], want) {
			t.Errorf("%q, want %q", rows[1], want)
		}
		if want := []string{"2", "web2", "", "nossh", "", "auth-timeout", "scan1", "", "", ""}; !slices.Equal(rows[2], want) {
			t.Errorf("%q, want %q", rows[2], want)
		}
		if want := []string{"3", "web3", "", "missing", "", "untried", "scan1", "", "", ""}; !slices.Equal(rows[3], want) {
			t.Errorf("%q, want %q", rows[3], want)
		}
	}
}

// jsonOf gives the objects of a run.
func jsonOf(t *testing.T, r *past.Run, v View) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	if _, err := JSON(t.Context(), &out, r, Filter{}, v); err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for line := range bytes.Lines(out.Bytes()) {
		var one map[string]any
		if err := json.Unmarshal(line, &one); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, one)
	}
	return all
}

func TestJSONHasTheWholeOutputOrSaysThatItHasNot(t *testing.T) {
	s := pasttest.New(t, "audit")
	long := strings.Repeat("é", maxJSONOutput) // the bound is in the middle of a character
	leave(s, first, [2]string{"web1", "x" + long}, [2]string{"web2", "\xff\x1b"}, [2]string{"web3", "\xff\x1b"})
	r := open(t, s, "")
	for _, v := range []View{{}, {All: true}, {Raw: true}} {
		all := jsonOf(t, r, v)
		if len(all) != 7 || all[4]["output_base64"] != "/xs=" || all[4]["hosts"] != "web[2-3]" || all[4]["count"] != 2.0 {
			t.Fatalf("%d objects: %.300v", len(all), all)
		}
		output, cut := all[5]["output"].(string), all[5]["output_cut"] == true
		if cut == v.All || !strings.HasPrefix("x"+long, output) || v.All && output != "x"+long || !v.All && len(output) != maxJSONOutput-1 {
			t.Errorf("%+v: %d bytes, cut %v", v, len(output), cut)
		}
		if group := all[1]["group"]; group != all[5]["group"] {
			t.Errorf("group %v is none", group)
		}
	}
}

func TestInputLinesCanBeAnInputAgain(t *testing.T) {
	s := pasttest.New(t, "audit")
	leave(s, first, [2]string{"web1\t 10.0.0.1", "a"}, [2]string{"web1 10.0.0.1", "a"}, [2]string{"::error::x", "a"}, [2]string{"üñí:22", "a"})
	var out bytes.Buffer
	if _, err := Lines(t.Context(), &out, open(t, s, ""), Filter{}, false); err != nil {
		t.Fatal(err)
	}
	if want := "web1 10.0.0.1\nweb1 10.0.0.1\n# no target: \\x3a:error::x\nüñí:22\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// FuzzCell has no cell that a spreadsheet takes for a formula, or for several cells
// one of which is, or that is more than one line of what can be seen.
func FuzzCell(f *testing.F) {
	f.Add("=cmd|'/c calc'!A1")
	f.Add("\r\n@x\x1b")
	f.Add("x;=1; \"＝1\";;@x")
	f.Add(strings.Repeat(";=", maxCell/2))
	f.Fuzz(func(t *testing.T, in string) {
		out, cut := plainCell(in)
		if len(in) > maxCell && !cut || cut && !strings.HasSuffix(out, safe.Mark) {
			t.Errorf("%q: %q, cut %v", in, out, cut)
		}
		if strings.ContainsFunc(out, unsafe) || len(out) > maxCell {
			t.Errorf("%q: %q", in, out)
		}
		for i, cell := range strings.Split(out, ";") {
			if cell = strings.TrimLeft(cell, " "); i > 0 {
				cell = strings.TrimLeft(cell, ` "`)
			}
			if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@＝＋－＠", first) {
				t.Errorf("%q: %q is a formula in %q", in, cell, out)
			}
		}
	})
}
