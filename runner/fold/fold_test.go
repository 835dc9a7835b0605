package fold

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestHostNamesAreFoldedIntoRanges(t *testing.T) {
	for _, c := range []struct{ hosts, want string }{
		{"", ""},
		{"web", "web"},
		{"web1", "web1"},
		{"web1 web2 web3 web5", "web[1-3,5]"},
		{"web2 web1 web2", "web[1-2]"},
		{"web9 web10 web11", "web[9-11]"},
		{"web09 web10 web11", "web[09-11]"},
		{"web099 web100 web101", "web[099-101]"},
		{"web99 web100", "web[99-100]"},
		{"a09 a10 a099 a100", "a[09-10,099-100]"},
		{"w9 w09 w10", "w[9,09-10]"},
		{"x0 x1 x00 x01", "x[0-1,00-01]"},
		{"web1 web3", "web[1,3]"},
		{"web1.b web2.b web1.c", "web[1-2].b web1.c"},
		{"10.0.0.1 10.0.0.2 10.0.1.1 10.0.1.2", "10.0.[0-1].[1-2]"},
		{"10.0.0.1 10.0.0.2 10.0.1.1", "10.0.0.[1-2] 10.0.1.1"},
		{"r1-n1 r1-n2 r2-n1 r2-n2", "r[1-2]-n[1-2]"},
		{"web01.dc2 web02.dc2 web03.dc2", "web[01-03].dc2"},
		{"web10 web9 db1", "db1 web[9-10]"},
		{"10.0.0.10 10.0.0.9 9.1.1.1", "9.1.1.1 10.0.0.[9-10]"},
		{"n1 n1a n2a", "n1 n[1-2]a"},
		{"[2001:db8::7]:22 [2001:db8::8]:22 a,b1 a,b2", "[2001:db8::7]:22 [2001:db8::8]:22 a,b1 a,b2"},
		{"x1234567890123456789 x1234567890123456790", "x1234567890123456789 x1234567890123456790"},
		{"x999999999999999998 x999999999999999999", "x[999999999999999998-999999999999999999]"},
		{"ü1 ü2", "ü[1-2]"},
	} {
		if got := strings.Join(Ranges(strings.Fields(c.hosts)), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.hosts, got, c.want)
		}
	}
}

func TestAHundredThousandHostsAreAFewWords(t *testing.T) {
	var hosts []string
	for i := range 100_000 {
		hosts = append(hosts, fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
	}
	want := "10.0.[0-255].[0-255] 10.1.[0-133].[0-255] 10.1.134.[0-159]"
	if got := strings.Join(Ranges(hosts), " "); got != want {
		t.Errorf("%.300s, want %s", got, want)
	}
}

// expand gives the names that a word stands for, as nodeset -e does.
func expand(word string) []string {
	before, rest, found := strings.Cut(word, "[")
	if !found {
		return []string{word}
	}
	list, after, _ := strings.Cut(rest, "]")
	var names []string
	for _, span := range strings.Split(list, ",") {
		from, to, isRange := strings.Cut(span, "-")
		if !isRange {
			to = from
		}
		width := 0
		if padded(from) {
			width = len(from)
		}
		for n := value(from); n <= value(to); n++ {
			for _, end := range expand(after) {
				names = append(names, fmt.Sprintf("%s%0*d%s", before, width, n, end))
			}
		}
	}
	return names
}

// FuzzRanges has the words stand for the names that were given, each once.
func FuzzRanges(f *testing.F) {
	f.Add("web1 web2 web03 web04 web10")
	f.Add("10.0.0.1 10.0.0.2 10.0.1.1 10.0.1.2 00 0 000 a0b0 a1b0 a0b1")
	f.Add("x999999999999999999 x1000000000000000000 9 10 09 099 100")
	f.Fuzz(func(t *testing.T, text string) {
		hosts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" [],", r) })
		var got []string
		for _, word := range Ranges(hosts) {
			got = append(got, expand(word)...)
		}
		slices.Sort(got)
		want := slices.Compact(slices.Sorted(slices.Values(hosts)))
		if !slices.Equal(got, want) {
			t.Errorf("%q stands for %q, and not for %q", Ranges(hosts), got, want)
		}
	})
}

func TestGroupsComeTheBiggestFirst(t *testing.T) {
	var g Groups[int]
	for i, host := range []string{"a", "b", "c", "d", "e"} {
		key := Key{Class: "ok"}
		if i%2 == 1 {
			key.Sum[0] = 1
		}
		if got := g.Add(key, host, i); got != g.Numbered(i%2) {
			t.Errorf("%s is in group %d", host, got.Number)
		}
	}
	g.Add(Key{Class: "nossh", Reason: "auth"}, "f", 5)
	g.Add(Key{Class: "nossh", Reason: "auth"}, "f", 6)
	var got []string
	for _, group := range g.Sorted() {
		got = append(got, fmt.Sprint(group.Class, group.Reason, group.Count, group.First, group.Hosts()))
	}
	want := []string{"ok3 0 [a c e]", "ok2 1 [b d]", "nosshauth2 5 [f f]"}
	if g.Len() != 3 || !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func BenchmarkRanges(b *testing.B) {
	var hosts []string
	for i := range 100_000 {
		hosts = append(hosts, fmt.Sprintf("web%05d.dc%d.example.com", i*7, i%3))
	}
	b.ReportAllocs()
	for b.Loop() {
		Ranges(hosts)
	}
}
