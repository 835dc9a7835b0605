package render_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"scanmaster/cmd/internal/render"
	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// checked are workers of every kind of health.
func checked() []render.Checkup {
	well := host.Facts{
		OS: "linux", Arch: "amd64", User: "scan", SkewBy: time.Second,
		Screen: host.Screen{Path: "/usr/bin/screen", Version: "Screen version 4.09.00 (GNU) 30-Jan-22", Works: true},
		Dir:    host.Dir{Exists: true, Readable: true, Writable: true, Free: 76 << 30, Inodes: 9},
	}
	other := well
	other.OS, other.Arch, other.Skew = "linux", "arm64", 42*time.Second
	other.Screen = host.Screen{Path: "/usr/bin/screen", Says: "no"}
	other.Scanslave = host.Scanslave{Path: "/usr/bin/scanslave", Classic: true}
	other.Dir = host.Dir{IsFile: true}
	ours := well
	ours.Skew = -90 * time.Second
	ours.Screen = host.Screen{}
	ours.Scanslave = host.Scanslave{Path: "/usr/bin/scanslave", Version: "scanmaster \x1b[2J1.2.3"}
	ours.Dir = host.Dir{Exists: true, Readable: true, Free: -1, Inodes: -1}
	return []render.Checkup{
		{Worker: plan.Worker{Name: "local", Local: true}, Facts: host.Facts{OS: "linux", Arch: "amd64", Dir: well.Dir}, Ping: "ping(8)"},
		{Worker: plan.Worker{Name: "scan1", Host: "scan1"}, Facts: well, Found: []job.Finding{{About: job.AboutRoom, Text: "76 GiB"}}},
		{Worker: plan.Worker{Name: "scan2", Host: "scan2"}, Facts: other, Reasons: []job.Finding{{About: job.AboutProgram, Text: "it is linux/arm64: deploy_from"}, {About: job.AboutShare, Text: "\x1bsecond\n::error::"}}},
		{Worker: plan.Worker{Name: "scan3", Host: "scan3"}, Facts: ours, Warnings: []job.Finding{{About: job.AboutClock, Text: "its clock is 1m30s behind"}}, Found: []job.Finding{{About: job.AboutRoom, Text: "76 GiB"}, {About: job.AboutLogin, Text: "SSH\x1b"}}},
		{Worker: plan.Worker{Name: "scan4", Host: "scan4"}, Reasons: []job.Finding{{About: job.AboutLogin, Text: "connect: no route to host"}}},
	}
}

func TestTheDoctorSaysWhoCanWorkAndTheMendOfWhoCannot(t *testing.T) {
	const want = `worker  state     os/arch      screen      room    share         clock     scanslave
local   can work  linux/amd64  -           76 GiB  writable      the same  -
scan1   can work  linux/amd64  4.09.00     76 GiB  writable      the same  -
scan2   left out  linux/arm64  no session  -       a file        +42s      classic
scan3   can work  linux/amd64  -           -       not writable  -1m30s    scanmaster \x1b[2J1.2.3
scan4   left out  -            -           -       -             -         -

ok    login    scan3: SSH\x1b
ok    room     scan1, scan3: 76 GiB
warn  clock    scan3: its clock is 1m30s behind
bad   login    scan4: connect: no route to host
bad   program  scan2: it is linux/arm64: deploy_from
bad   share    scan2: \x1bsecond\n::error::
3 of 5 workers can work, and 4 must (min_workers)
`
	var out strings.Builder
	if err := render.Doctor(&out, checked(), 4); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestTheDoctorsJSONLeavesOutWhatIsNotKnown(t *testing.T) {
	var out strings.Builder
	if err := render.DoctorJSON(&out, checked(), 4); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Version    int              `json:"format_version"`
		Working    int              `json:"working"`
		MinWorkers int              `json:"min_workers"`
		Workers    []map[string]any `json:"workers"`
	}
	if err := json.Unmarshal([]byte(out.String()), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != render.JSONVersion || doc.Working != 3 || doc.MinWorkers != 4 || len(doc.Workers) != 5 {
		t.Errorf("got %+v", doc)
	}
	if w := doc.Workers[4]; len(w) != 5 || w["works"] != false {
		t.Errorf("of scan4 there is %v", w)
	}
	if w := doc.Workers[0]; w["room"] == nil || w["share"] != "writable" || w["pings_by"] != "ping(8)" || w["screen"] != nil || w["skew_seconds"] != nil {
		t.Errorf("of local there is %v", w)
	}
	if w := doc.Workers[3]; w["room"] != nil || w["skew_seconds"] != -90.0 || w["share"] != "not writable" {
		t.Errorf("of scan3 there is %v", w)
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("raw controls")
	}
}

func TestWhatWasFoundOfAFolderIsSaidInAWord(t *testing.T) {
	for want, dir := range map[string]host.Dir{
		"missing": {}, "not readable": {Exists: true, Writable: true},
		"not shared": {Exists: true, Readable: true, Writable: true, Apart: true},
	} {
		var out strings.Builder
		facts := host.Facts{OS: "linux", Dir: dir, Screen: host.Screen{Path: "screen", Works: true}, Scanslave: host.Scanslave{Path: "x"}}
		if err := render.Doctor(&out, []render.Checkup{{Facts: facts}}, 1); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{want, "there", "unknown"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in\n%s", want, out.String())
			}
		}
	}
}
