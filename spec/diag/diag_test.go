package diag_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/spec/diag"
)

func TestAPlaceIsGivenAsFarAsItIsKnown(t *testing.T) {
	for want, pos := range map[string]diag.Pos{
		"a.yaml":     {File: "a.yaml"},
		"a.yaml:3":   {File: "a.yaml", Line: 3},
		"a.yaml:3:7": {File: "a.yaml", Line: 3, Col: 7},
	} {
		if got := pos.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// three holds an error, a warning and an error without a hint, out of order.
func three() diag.List {
	var l diag.List
	l.Errorf(diag.Pos{File: "b.yaml", Line: 1, Col: 1}, "", "last of %d", 3)
	l.Warnf(diag.Pos{File: "a.yaml", Line: 10, Col: 2}, "leave it out", "second of %d", 3)
	l.Errorf(diag.Pos{File: "a.yaml", Line: 9, Col: 5}, "did you mean 50%?", "first of %d", 3)
	return l
}

func TestProblemsStandALineEachSortedByPlace(t *testing.T) {
	l := three()
	l.Sort()
	const want = `a.yaml:9:5: first of 3 (did you mean 50%?)
a.yaml:10:2: warning: second of 3 (leave it out)
b.yaml:1:1: last of 3`
	if diff := cmp.Diff(want, l.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestProblemsOfOnePlaceKeepTheirOrder(t *testing.T) {
	var l diag.List
	pos := diag.Pos{File: "a.yaml", Line: 1}
	for _, text := range []string{"c", "a", "b"} {
		l.Errorf(pos, "", "%s", text)
	}
	l.Errorf(diag.Pos{File: "a.yaml"}, "", "no line")
	l.Sort()
	if want := "a.yaml: no line\na.yaml:1: c\na.yaml:1: a\na.yaml:1: b"; l.Error() != want {
		t.Errorf("got %s", l.Error())
	}
}

func TestOnlyErrorsStopTheScan(t *testing.T) {
	var warned diag.List
	warned.Warnf(diag.Pos{File: "a.yaml"}, "", "only said")
	for _, l := range []diag.List{nil, {}, warned} {
		if l.HasErrors() || l.Err() != nil {
			t.Errorf("%v stops the scan", l)
		}
	}
	l := three()
	if !l.HasErrors() {
		t.Errorf("%v doesn't stop the scan", l)
	}
	if got, ok := errors.AsType[diag.List](l.Err()); !ok || len(got) != 3 {
		t.Errorf("the error is %v", l.Err())
	}
}

func TestASeverityHasItsWord(t *testing.T) {
	if e, w := diag.Error.String(), diag.Warning.String(); e != "error" || w != "warning" {
		t.Errorf("got %s and %s", e, w)
	}
}

func TestAProblemIsJSONWithoutWhatIsNotKnown(t *testing.T) {
	var l diag.List
	l.Errorf(diag.Pos{File: "a.yaml", Line: 2}, "", "wrong")
	got, err := json.Marshal(l)
	if want := `[{"severity":"error","pos":{"file":"a.yaml","line":2},"summary":"wrong"}]`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}
