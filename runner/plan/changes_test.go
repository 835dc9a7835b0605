package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// changes compares what two scans compile to.
func changes(t *testing.T, was, is plan.Plan) []plan.Change {
	t.Helper()
	found, err := plan.Changes(was, is)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestThePlanOfTheSameScanHasNotChanged(t *testing.T) {
	was, is := compile(t, base(), facts()), compile(t, base(), facts())
	is.File = "./elsewhere/" + is.File
	if found := changes(t, was, is); len(found) > 0 {
		t.Errorf("got %+v", found)
	}
}

func TestEachChangeIsNamedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*spec.Scan, *plan.Facts)
		want   []plan.Change
	}{
		"a file's content": {
			func(_ *spec.Scan, f *plan.Facts) {
				f.Files["remote.sh"] = plan.FileFacts{SHA256: strings.Repeat("e", 64), Size: 100, Lines: 1}
			},
			[]plan.Change{{"remote.script", "remote.sh, 10 lines, sha256:000000000000", "remote.sh, 1 line, sha256:eeeeeeeeeeee"}},
		},
		"the scan file's own content": {
			func(_ *spec.Scan, f *plan.Facts) { f.Scan.SHA256 = "77aa" },
			[]plan.Change{{plan.ScanFileKey, "., 20 lines, sha256:5ca4", "., 20 lines, sha256:77aa"}},
		},
		"another list": {
			func(s *spec.Scan, f *plan.Facts) {
				s.Input = append(s.Input, "more")
				f.Files["more"] = plan.FileFacts{SHA256: "abcd", Lines: 1200}
			},
			[]plan.Change{
				{"input[1]", "", "more, 1,200 lines, sha256:abcd"},
				{"input", "", "all lists, joined"},
				{
					"aggregate.args", `["info1","<BASE>/targets","/mnt/scanmaster/chunked/info1/started"]`,
					`["info1","/mnt/scanmaster/chunked/info1/.run-<RUN>/input","/mnt/scanmaster/chunked/info1/started"]`,
				},
			},
		},
		"no exclude": {
			func(s *spec.Scan, _ *plan.Facts) { s.Exclude = nil },
			[]plan.Change{{"exclude[0]", "never, 10 lines, sha256:000000000000", ""}},
		},
		"a worker's port": {
			func(_ *spec.Scan, f *plan.Facts) { f.Hosts[1].Port = 2223 },
			[]plan.Change{{"worker scan2", "scan@scan2 port 2222 with ~/.ssh/scan", "scan@scan2 port 2223 with ~/.ssh/scan"}},
		},
		"who is first": {
			func(_ *spec.Scan, f *plan.Facts) { slices.Reverse(f.Hosts) },
			[]plan.Change{{"launch.workers, their order", "scan1, scan2, node1", "node1, scan2, scan1"}},
		},
		"a number that stands at several places": {
			func(s *spec.Scan, _ *plan.Facts) { s.Jobs = 10 },
			[]plan.Change{{"jobs", "175", "10"}},
		},
		"the binary": {
			func(_ *spec.Scan, f *plan.Facts) {
				f.Builds = []plan.Build{{plan.ThisBuild, "b2"}, {"linux/arm64", "a1"}}
			},
			[]plan.Change{{"build linux/arm64", "", "sha256:a1"}, {"build this", "sha256:b1", "sha256:b2"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := facts(), facts()
			before.Builds = []plan.Build{{plan.ThisBuild, "b1"}}
			after.Builds = before.Builds
			scan := base()
			was := compile(t, scan, before)
			c.change(scan, &after)
			is, _ := plan.Compile(scan, after)
			if diff := cmp.Diff(c.want, changes(t, was, is)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWorkersAreToldOfBehindFilesAndBeforeTheRest(t *testing.T) {
	was := compile(t, base(), facts())
	scan, f := base(), facts()
	scan.Jobs, scan.Shell = 10, "sh -s"
	f.Hosts = f.Hosts[:2]
	f.Files["nodes"] = plan.FileFacts{SHA256: "abcd", Lines: 0}
	is, _ := plan.Compile(scan, f)
	var what []string
	for _, change := range changes(t, was, is) {
		what = append(what, change.What)
	}
	got := strings.Join(what, "\n")
	if !strings.HasPrefix(got, "hosts[2].file\nworker node1\n") || !strings.Contains(got, "\njobs\n") || !strings.Contains(got, "\nshell") {
		t.Errorf("got\n%s", got)
	}
}

func TestAPlanThatWasReadBackHasNotChanged(t *testing.T) {
	p := compile(t, base(), facts())
	text, err := p.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var back plan.Plan
	if err := back.UnmarshalJSON(text); err != nil {
		t.Fatal(err)
	}
	if found := changes(t, p, back); len(found) > 0 {
		t.Errorf("got %+v", found)
	}
}
