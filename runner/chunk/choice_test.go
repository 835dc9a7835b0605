package chunk_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/chunk"
)

// chosen deals a list into one chunk, and gives its lines.
func chosen(t *testing.T, list string, c chunk.Choice, most int64) (string, chunk.Counts) {
	t.Helper()
	counts, err := chunk.Count(strings.NewReader(list), c)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_, err = chunk.Deal(strings.NewReader(list), c, []int64{min(most, counts.Targets)}, func(int) (io.WriteCloser, error) {
		return unclosed{&out}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), counts
}

type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

func TestOnlyWhatIsChosenIsDealtOut(t *testing.T) {
	const list = "web1\nweb2  10.0.0.2\n# none\ndb1 10.0.0.3:2222\ndb2 [2001:db8::7]:22\n\ngw 2001:db8::1\nweb1 10.0.0.9\n"
	for _, c := range []struct {
		only   string
		want   string
		unseen string
	}{
		{"web1", "web1\nweb1 10.0.0.9\n", ""},
		{"10.0.0.2", "web2 10.0.0.2\n", ""},
		{"10.0.0.3", "db1 10.0.0.3:2222\n", ""},
		{"10.0.0.3:2222", "db1 10.0.0.3:2222\n", ""},
		{"10.0.0.3:22", "", "10.0.0.3:22"},
		{"2001:db8::7 [2001:db8::1]", "db2 [2001:db8::7]:22\ngw 2001:db8::1\n", ""},
		{"[2001:db8::1] 2001:db8::1 web9", "gw 2001:db8::1\n", "web9"},
		{"db* nobody gw", "db1 10.0.0.3:2222\ndb2 [2001:db8::7]:22\ngw 2001:db8::1\n", "nobody"},
		{"w?b2 [2001*", "web2 10.0.0.2\ndb2 [2001:db8::7]:22\n", ""},
		{"WEB1", "", "WEB1"},
		{`web\* [a-z]*`, "", `web\* [a-z]*`},
		{"", "web1\nweb2 10.0.0.2\ndb1 10.0.0.3:2222\ndb2 [2001:db8::7]:22\ngw 2001:db8::1\nweb1 10.0.0.9\n", ""},
	} {
		only := chunk.NewOnly(strings.Fields(c.only))
		got, counts := chosen(t, list, chunk.Choice{Only: only}, 100)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.only, got, c.want)
		}
		if counts.Targets+counts.Others != 6 || int(counts.Targets) != strings.Count(c.want, "\n") {
			t.Errorf("%s: %+v", c.only, counts)
		}
		if diff := cmp.Diff(c.unseen, strings.Join(only.Unseen(), " ")); diff != "" {
			t.Errorf("%s: unseen\n%s", c.only, diff)
		}
	}
}

func TestWhatIsExcludedIsNotChosen(t *testing.T) {
	only := chunk.NewOnly([]string{"web1", "db1"})
	got, counts := chosen(t, "web1\ndb1\nweb2\n", chunk.Choice{Exclude: exclude(t, "db1"), Only: only}, 9)
	if got != "web1\n" || counts != (chunk.Counts{Targets: 1, Excluded: 1, Others: 1, Lines: 3}) {
		t.Errorf("%q, %+v", got, counts)
	}
	if diff := cmp.Diff([]string{"db1"}, only.Unseen()); diff != "" {
		t.Error(diff)
	}
}

// The rest of a list is read all the same: what is in it is digested, and judged.
func TestOfAPartOnlyTheFirstAreDealtOut(t *testing.T) {
	var list strings.Builder
	for range 100_000 {
		list.WriteString("a-host-with-a-name\n")
	}
	r := &reading{r: strings.NewReader(list.String() + "last\n")}
	_, err := chunk.Deal(r, chunk.Choice{Part: true}, []int64{2, 1}, func(int) (io.WriteCloser, error) { return unclosed{io.Discard}, nil })
	if err != nil || r.n != list.Len()+len("last\n") {
		t.Errorf("%v, %d of %d bytes were read", err, r.n, list.Len()+len("last\n"))
	}
	if _, err := chunk.Deal(strings.NewReader("web1\nweb2\n"), chunk.Choice{Part: true}, []int64{3}, func(int) (io.WriteCloser, error) { return unclosed{io.Discard}, nil }); err == nil {
		t.Error("there are fewer, and nobody says so")
	}
}

type reading struct {
	r io.Reader
	n int
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.n += n
	return n, err
}
