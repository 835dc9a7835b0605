package merge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPlacesEndWhereTheNextBegins(t *testing.T) {
	long := strings.Repeat("z", 100_000)
	for text, want := range map[string][]string{
		"":                             nil,
		"\n":                           nil,
		"web1,,":                       {"web1=web1,,>"},
		"web1,,\n":                     {"web1=web1,,>"},
		"web1,,a\nb\n\nweb2,10.1,c":    {"web1=web1,,>a\nb\n", "web2=web2,10.1,>c"},
		"rest\nweb2,,c\nno,,d\n":       {"web2=web2,,>c\nno,,d"},
		"web1,," + long + "\nweb2,,":   {"web1=web1,,>" + long, "web2=web2,,>"},
		long + "web1,,\nweb1,no comma": {"web1=web1,>no comma"},
	} {
		s := newScan(t)
		s.write("hosts_ok", text)
		var got []string
		for p, err := range Places(t.Context(), s.prefix, "hosts_ok", "ok", func(host string) bool { return host != "no" && len(host) < 10 }) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s=%s>%s", p.Host, text[p.Offset:p.Body], text[p.Body:p.Offset+p.Length]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%.50q: %.200q, want %.200q", text, got, want)
		}
	}
}
