package chunk_test

import (
	"errors"
	"strings"
	"testing"

	"scanmaster/runner/chunk"
)

func TestBothFieldsOfAnExcludedLineAreNeverScanned(t *testing.T) {
	x, err := chunk.ReadExclude(
		strings.NewReader("# never\ndb1 10.0.0.9\r\n\n10.0.0.7"),
		strings.NewReader("vip.example.com:2222\n2001:db8::1\n[2001:db8::2]\n"))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]bool{
		"db1":                           true,
		"db1 10.9.9.9":                  true,
		"web1 10.0.0.9":                 true,
		"10.0.0.7":                      true,
		"web7\t10.0.0.7":                true,
		"web7 10.0.0.7:2222":            true, // excluded at every port
		"db1:2222":                      true,
		"[2001:db8::1]:22":              true,
		"[2001:db8::2]:22":              true,
		"2001:db8::2":                   true,
		"vip.example.com:2222":          true,
		"vip.example.com:2222 10.0.0.1": true,
		"vip.example.com":               false, // excluded at one port
		"vip.example.com:22":            false,
		"db10":                          false,
		"db1.example.com":               false,
		"DB1":                           false,
		"web1 10.0.0.70":                false,
		"web1 db1 10.0.0.1":             false, // neither host nor IP
	} {
		if got := x.Has(parse(t, line)); got != want {
			t.Errorf("%q is excluded: %v, want %v", line, got, want)
		}
	}
}

func TestNoListExcludesNothing(t *testing.T) {
	none, err := chunk.ReadExclude()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []*chunk.Exclude{nil, none} {
		if x.Has(parse(t, "web1")) {
			t.Error("excludes web1")
		}
	}
}

func TestABadLineInAListOfExclusionsIsAnError(t *testing.T) {
	x, err := chunk.ReadExclude(strings.NewReader("db1\n\n*.example.com\n"))
	bad := new(chunk.LineError)
	if x != nil || !errors.As(err, &bad) || bad.Line != 3 {
		t.Errorf("ReadExclude: %v, %v", x, err)
	}
}
