package spec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/spec"
)

// settings reads what a command line has.
func settings(t *testing.T, texts ...string) []spec.Setting {
	t.Helper()
	all := make([]spec.Setting, len(texts))
	for i, text := range texts {
		var err error
		if all[i], err = spec.ParseSetting(text); err != nil {
			t.Fatal(err)
		}
		if all[i].String() != text {
			t.Errorf("%q is shown as %q", text, all[i])
		}
	}
	return all
}

func TestASettingTakesThePlaceOfWhatTheFilesSay(t *testing.T) {
	at := site(t, map[string]string{
		"a/scan.yaml": "version: 1\nbase: ../site.yaml\nname: a\ninput: i\nremote: r\ntargets: {user: me}\n",
		"site.yaml":   "hosts: [scan1]\njobs: 10\nknown_hosts: kh\nexclude: [x]\n",
		"other.yaml":  "hosts: [scan9]\n",
	})
	load := func(texts ...string) *spec.Scan {
		scan, problems := spec.Load(at("a/scan.yaml"), settings(t, texts...)...)
		if len(problems) > 0 {
			t.Errorf("%q: %v", texts, problems)
		}
		return scan
	}
	scan := load("jobs=20", "targets.port=2222", "hosts=[scan1, {host: scan2, port: 22}]", "remote.args=[a, 1]", "known_hosts=kh", "SCAN_ENV={A: =, B: b}", "SCAN_ENV.B=c", "jobs=30", "fail_on.exit_2=0")
	if scan.Jobs != 30 || scan.Targets.User != "me" || scan.Targets.Port != 2222 || scan.Exclude[0] != "../x" {
		t.Errorf("%+v", scan)
	}
	if diff := cmp.Diff(spec.Hosts{{Host: "scan1"}, {Host: "scan2", Port: 22}}, scan.Hosts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(spec.Remote{Script: "r", Args: []string{"a", "1"}}, scan.Remote); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(spec.Env{"A": {Text: "="}, "B": {Text: "c"}}, scan.ScanEnv); diff != "" {
		t.Error(diff)
	}
	if scan.KnownHosts != "kh" {
		t.Errorf("known_hosts is %s, want the path from the scan file's folder", scan.KnownHosts)
	}
	if !scan.IsSet("jobs") || !scan.IsSet("targets.port") || scan.IsSet("targets.user") || scan.IsSet("name") {
		t.Error("what is set isn't known")
	}
	if got := scan.At("targets").String(); got != at("a/scan.yaml")+":6:1" {
		t.Errorf("targets is at %s", got)
	}
	if scan := load("base=../other.yaml"); scan.Hosts[0].Host != "scan9" || len(scan.Bases()) != 1 {
		t.Errorf("another base: %+v", scan.Hosts)
	}
}

func TestWhatIsWrongWithASettingIsToldOfIt(t *testing.T) {
	for text, want := range map[string]string{
		"jobs=many":            "--set jobs: jobs takes a whole number in plain digits, or auto",
		"jbos=3":               "--set jbos: unknown key jbos (did you mean jobs?)",
		"jobs=":                "--set jobs: jobs has no value (give it one, or leave it out)",
		"jobs=[":               "--set jobs: a value is expected here (put the value in quotes)",
		"jobs=1\n---\n2":       "--set jobs: there are two values (give one)",
		"jobs=\x1b":            "--set jobs: the text holds the control character U+001B",
		"jobs=*x":              "--set jobs: anchors, aliases and merge keys are not taken (write the value where it is needed)",
		"jobs=&x 3":            "--set jobs: anchors, aliases and merge keys are not taken (write the value where it is needed)",
		"name=7":               `--set name: name takes text, not a number (put it in quotes: "7")`,
		"targets={a: 1, a: 2}": "--set targets: targets.a is given twice (leave one of them out)",
		"hosts.host=h":         "--set hosts.host: hosts takes a list of hosts, or {file: …}, not a mapping (hosts: [local] runs it on this machine)",
		"targets.user=-x":      "--set targets.user: targets.user begins with a dash, and would be taken for an option",
		"name.x=1":             "--set name.x: name takes text, not a mapping",
		"timeouts.idle=6m":     "--set timeouts.idle: warning: timeouts.idle is not below timeouts.run, and ends nothing (make it shorter, or leave it out)",
	} {
		at := site(t, map[string]string{"scan.yaml": "version: 1\nname: a\ninput: i\nremote: r\nhosts: [local]\n"})
		_, problems := spec.Load(at("scan.yaml"), settings(t, text)...)
		if !strings.Contains("\n"+problems.Error()+"\n", "\n"+want+"\n") {
			t.Errorf("%q: %v, want %s", text, problems, want)
		}
	}
	for _, text := range []string{"jobs", "=3", "targets.=3", ".jobs=3", ""} {
		if s, err := spec.ParseSetting(text); err == nil {
			t.Errorf("%q is %v", text, s)
		}
	}
}

func TestEachKeyMayBeSet(t *testing.T) {
	keys := spec.Keys()
	for _, want := range []string{"jobs", "targets.algorithms.kex", "hooks.pre", "hosts", "SCAN_ENV", "base"} {
		if !strings.Contains(" "+strings.Join(keys, " ")+" ", " "+want+" ") {
			t.Errorf("no %s in %q", want, keys)
		}
	}
	if strings.Contains(strings.Join(keys, " "), "hosts.") {
		t.Errorf("entries of lists are among %q", keys)
	}
}
