package sweep

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheSharedFolderIsKnownByTheResultsInIt(t *testing.T) {
	dir := t.TempDir()
	work := filepath.Join(dir, "chunked", "audit", "202601021504.xab")
	out := filepath.Join(work, "output", "202601021504", "xaa")
	if err := os.MkdirAll(out, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, scan := sharedOf(out); got != "" {
		t.Errorf("no scan was started there, but %s of %s", scan, got)
	}
	if err := os.WriteFile(filepath.Join(dir, "chunked", "audit", "started"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{out, work} {
		if got, scan := sharedOf(path); got != dir || scan != "audit" {
			t.Errorf("%s: %q of %q", path, scan, got)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "chunked"), filepath.Join(dir, "chunked", "audit"), "/", "/tmp", "/chunked/audit"} {
		if got, _ := sharedOf(path); got != "" {
			t.Errorf("%s: in %s", path, got)
		}
	}
}

func TestEachProcessHasItsFileOfHostKeys(t *testing.T) {
	c := Config{State: t.TempDir(), Config: worker.Config{Host: "here"}}
	var own []string
	for range 3 {
		k, err := c.keys(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = k.close() }()
		own = append(own, k.Own)
	}
	if got := strings.Join(own, " "); got != "checkhosts.here.0 checkhosts.here.1 checkhosts.here.2" {
		t.Error(got)
	}
	c.Targets.HostKeys = job.HostKeyNo
	if k, err := c.keys(t.TempDir()); err != nil || k.Dir != nil {
		t.Errorf("%+v, %v", k, err)
	}
}

func TestAFileOfHostKeysIsTakenAgain(t *testing.T) {
	c := Config{State: t.TempDir(), Config: worker.Config{Host: "here"}}
	for range 3 {
		k, err := c.keys(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if k.Own != "checkhosts.here.0" {
			t.Error(k.Own)
		}
		if err := k.close(); err != nil {
			t.Error(err)
		}
	}
}

func TestThereAreAsManySubChunksAsTheClassicMakes(t *testing.T) {
	for _, c := range []struct {
		targets int64
		jobs    int
		want    int
	}{{349, 175, 175}, {175, 175, 175}, {174, 175, 1}, {1, 1, 1}, {0, 4, 1}} {
		if got := subChunks(c.targets, c.jobs); got != c.want {
			t.Errorf("%d targets, %d jobs: %d", c.targets, c.jobs, got)
		}
	}
}

func TestComplaintsNameWhatWasNotReached(t *testing.T) {
	var said []string
	c := &Complaints{Say: func(line string) { said = append(said, line) }}
	at := func(line int64) chunk.Target { return chunk.Target{Line: line, Text: "web 10.0.0.1"} }
	for i, class := range []result.Class{result.OK, result.NoPing, result.NoSSHD, result.NoSSH, result.Exit} {
		if _, err := c.Outcome(result.Outcome{Line: int64(i), Class: class, Status: 3}, at(int64(i)+1), nil); err != nil {
			t.Fatal(err)
		}
	}
	want := "Ping error: web 10.0.0.1|sshd error: web 10.0.0.1|ssh error: web 10.0.0.1"
	if got := strings.Join(said, "|"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if c.Tally().Total() != 5 || !c.Has(5) {
		t.Error(c.Tally())
	}
	if _, err := c.Outcome(result.Outcome{Class: result.OK}, at(5), nil); err == nil {
		t.Error("a second outcome was taken")
	}
}

func TestListsAreReadInTheirOrder(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	for path, text := range map[string]string{one: "# none\nb 10.0.0.2", two: "c\r\n\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		hosts, lists []string
		want         string
	}{
		{[]string{"a"}, []string{two, one}, "a c b"},
		{nil, []string{one, "-", two}, "b stdin c"},
		{nil, nil, "stdin"},
		{[]string{"a", "d"}, nil, "a d"},
	} {
		c := Config{Hosts: x.hosts, Lists: x.lists, Stdin: strings.NewReader("stdin"), Out: dir, Config: worker.Config{Temp: dir, Args: job.Args{Remote: one}}}
		list, err := c.prepare(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all, err := list.targets()
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for at, err := all.Next(); err == nil; at, err = all.Next() {
			names = append(names, at.Host)
		}
		if got := strings.Join(names, " "); got != x.want || list.count != int64(len(names)) {
			t.Errorf("%q, %d counted; want %q", got, list.count, x.want)
		}
		if err := list.close(); err != nil {
			t.Error(err)
		}
	}
}
