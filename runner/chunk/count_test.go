package chunk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"scanmaster/runner/chunk"
)

func exclude(t *testing.T, list string) *chunk.Exclude {
	t.Helper()
	x, err := chunk.ReadExclude(strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestAListIsCountedAsItIs(t *testing.T) {
	for name, c := range map[string]struct {
		list string
		want chunk.Counts
	}{
		"empty":            {"", chunk.Counts{}},
		"comments alone":   {"# none\n\n", chunk.Counts{Lines: 2}},
		"some excluded":    {"# all\r\nweb1\n\n db1 10.0.0.9\nweb2 10.0.0.9\nweb1", chunk.Counts{Targets: 2, Excluded: 2, Lines: 6}},
		"a line twice":     {"web1\nweb1\n", chunk.Counts{Targets: 2, Lines: 2}},
		"no final newline": {"web1\nweb2", chunk.Counts{Targets: 2, Lines: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := chunk.Count(strings.NewReader(c.list), chunk.Choice{Exclude: exclude(t, "db1 10.0.0.9")})
			if err != nil || got != c.want {
				t.Errorf("Count = %+v, %v, want %+v", got, err, c.want)
			}
		})
	}
}

func TestBadLinesAreAllCountedAndTheFirstOnesNamed(t *testing.T) {
	list := "web1\n" + strings.Repeat("a;b\n", 23) + "web2\n-x"
	got, err := chunk.Count(strings.NewReader(list), chunk.Choice{})
	want := chunk.Counts{Targets: 2, Lines: 26}
	if got != want {
		t.Errorf("Count = %+v, want %+v", got, want)
	}
	bad := new(chunk.LineErrors)
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	if len(bad.Errors) != 20 || bad.More != 4 || bad.Errors[0].Line != 2 || bad.Errors[19].Line != 21 {
		t.Errorf("%d bad lines and %d more", len(bad.Errors), bad.More)
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 21 || !strings.HasPrefix(lines[0], "line 2: ") || lines[20] != "and 4 more" {
		t.Errorf("the error is %q", err)
	}
}

func TestAFewBadLinesAreNamedWithoutMore(t *testing.T) {
	_, err := chunk.Count(strings.NewReader("a;b\nweb1\n[x]"), chunk.Choice{})
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	starts := slices.Collect(func(yield func(string) bool) {
		for _, line := range lines {
			yield(line[:7])
		}
	})
	if !slices.Equal(starts, []string{"line 1:", "line 3:"}) {
		t.Errorf("the error is %q", err)
	}
}

func TestAListThatCannotBeReadHasNoCounts(t *testing.T) {
	got, err := chunk.Count(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("web1\nweb2\n"))), chunk.Choice{})
	if !errors.Is(err, iotest.ErrTimeout) || got != (chunk.Counts{}) {
		t.Errorf("Count = %+v, %v", got, err)
	}
}
