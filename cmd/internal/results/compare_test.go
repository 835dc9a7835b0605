package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"strings"
	"testing"

	"scanmaster/runner/past/pasttest"
)

func TestRunsAreComparedTargetByTarget(t *testing.T) {
	s := pasttest.New(t, "audit")
	leave(s, first,
		[2]string{"same1", "x"}, [2]string{"up1", "mute"}, [2]string{"up2", "lost"}, [2]string{"down1", "x"}, [2]string{"down2", "x"},
		[2]string{"changed1", "x\ny"}, [2]string{"changed2", "x\ny"}, [2]string{"worse", "x"}, [2]string{"still", "mute"},
		[2]string{"gone1", "x"}, [2]string{"vague", "x"}, [2]string{"moved 10.0.0.1", "x"}, [2]string{"lost", "lost"}, [2]string{"down3", "lost"})
	s.Move(first)
	leave(s, second,
		[2]string{"new1", "x"}, [2]string{"changed2", "x\nz"}, [2]string{"changed1", "x\nz"}, [2]string{"same1", "x"}, [2]string{"up1", "x"},
		[2]string{"up2", "bad"}, [2]string{"down1", "mute"}, [2]string{"down2", "mute"}, [2]string{"worse", "bad"}, [2]string{"still", "mute"},
		[2]string{"vague", "unknown"}, [2]string{"moved 10.0.0.2", "x"}, [2]string{"lost", "lost"}, [2]string{"down3", "mute"})
	c, err := Compare(t.Context(), open(t, s, first), open(t, s, second), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[Change]int64{NowUnreachable: 3, BackAgain: 2, OutputChanged: 3, NoOutcome: 1, GoneFromList: 2, NewInList: 2}
	if !maps.Equal(c.counts, want) || c.same != 2 || c.still != 1 || !c.Differs() {
		t.Errorf("%v, %d same, %d still", c.counts, c.same, c.still)
	}
	var text strings.Builder
	if err := c.Text(t.Context(), &text, View{Width: 80}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"newly unreachable: 2 hosts · ok → nossh · auth-timeout\n  down[1-2]\n  e.g. down1: i/o timeout\n",
		"newly unreachable: 1 host · missing · untried → nossh · auth-timeout\n  down3\n",
		"back again: 1 host · nossh · auth-timeout → ok\n  up1\n", "back again: 1 host · missing · untried → exit_3\n  up2\n",
		"output changed: 2 hosts · ok\n  changed[1-2]\n  | @@ -1,2 +1,2 @@\n  |  x\n  | -y\n  | +z\n",
		"output changed: 1 host · ok → exit_3\n  worse\n  | @@ -1,1 +0,0 @@\n  | -x\n",
		"without an outcome: 1 host · ok → unknown · lost\n  vague\n",
		"gone from the list: 2 hosts · ok\n  gone1,moved\n", "new in the list: 2 hosts · ok\n  moved,new1\n",
	} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("%q is not in\n%s", part, text.String())
		}
	}
	var out bytes.Buffer
	if err := c.JSON(t.Context(), &out, false); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(out.Bytes()) {
		if !json.Valid(line) {
			t.Errorf("%s", line)
		}
	}
}

func TestLinesThatStandTwiceAreComparedInTheirOrder(t *testing.T) {
	s := pasttest.New(t, "audit")
	twice := pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\nweb1\nweb1\n", Came: says(map[string]string{"web1": "x"})}
	s.Run(first, twice)
	s.Move(first)
	twice.List = "web1\nweb1\n"
	s.Run(second, twice)
	c, err := Compare(t.Context(), open(t, s, first), open(t, s, second), Filter{})
	if err != nil || c.same != 2 || c.counts[GoneFromList] != 1 {
		t.Errorf("%+v, %v", c.counts, err)
	}
	c, err = Compare(t.Context(), open(t, s, first), open(t, s, first), Filter{})
	if err != nil || c.Differs() || c.same != 3 {
		t.Errorf("%+v, %v", c.counts, err)
	}
}

// TestWhatCannotBeReadIsNoChange but where the exit status is another.
func TestWhatCannotBeReadIsNoChange(t *testing.T) {
	s := pasttest.New(t, "audit")
	leave(s, first, [2]string{"web1", "x"}, [2]string{"web2", "x"}, [2]string{"worse", "x"}, [2]string{"back", "mute"})
	if err := os.Remove(s.Path(pasttest.Out("xaa"), "hosts_ok")); err != nil {
		t.Fatal(err)
	}
	s.Move(first)
	leave(s, second, [2]string{"web1", "x"}, [2]string{"web2", "y"}, [2]string{"worse", "bad"}, [2]string{"back", "x"})
	from, to := open(t, s, first), open(t, s, second)
	c, err := Compare(t.Context(), from, to, Filter{})
	if want := map[Change]int64{OutputChanged: 1, BackAgain: 1}; err != nil || !maps.Equal(c.counts, want) || c.unread != 2 || c.same != 0 || len(c.Notes()) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	var text, lines strings.Builder
	if err := errors.Join(c.Text(t.Context(), &text, View{Width: 80}), c.JSON(t.Context(), &lines, false)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  can't be compared     2\n  same                  0\n", "output changed: 1 host · ok · output-gone → exit_3\n  worse\n", `"not_comparable":2,`} {
		if !strings.Contains(text.String()+lines.String(), want) {
			t.Errorf("%q is not in\n%s%s", want, &text, &lines)
		}
	}
	c, err = Compare(t.Context(), from, to, Filter{Hosts: []string{"web*"}})
	if err != nil || c.Differs() || c.unread != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	text.Reset()
	if err := c.Text(t.Context(), &text, View{Width: 80}); err != nil || !strings.Contains(text.String(), " · 2 of 4 targets\n") {
		t.Errorf("%s, %v", &text, err)
	}
}

func TestOutputsThatAreTooLongAreNotComparedByLine(t *testing.T) {
	s := pasttest.New(t, "audit")
	leave(s, first, [2]string{"web1", strings.Repeat("a\n", maxCompared)}, [2]string{"web2", strings.Repeat("b\n", maxCompared)})
	if got := shown(t, open(t, s, ""), Filter{}, View{Width: 80, Diff: true}); !strings.Contains(got, "  the outputs are too long to be compared line by line\n") {
		t.Errorf("%.500s", got)
	}
}
