package spec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/spec"
)

func parseEnv(t *testing.T, text string) (*spec.Scan, string) {
	t.Helper()
	scan, problems := spec.Parse("x.yaml", []byte("version: 1\nname: a\ninput: i\nhosts: [local]\n"+text))
	return scan, strings.TrimPrefix(strings.ReplaceAll(problems.Error(), "\nx.yaml:", "\n"), "x.yaml:")
}

func TestAVariableIsTextOrHadFromElsewhere(t *testing.T) {
	scan, problems := parseEnv(t, "remote: {script: r, env: {A: 1, TOKEN: {from_env: CI_TOKEN}, KEY: {from_file: ~/key}}}\nSCAN_ENV: {B: 'x', API_TOKEN: {from_file: token}}\n")
	if problems != "" {
		t.Fatal(problems)
	}
	want := spec.Env{"A": {Text: "1"}, "TOKEN": {FromEnv: "CI_TOKEN"}, "KEY": {FromFile: "~/key"}}
	if diff := cmp.Diff(want, scan.Remote.Env); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"KEY", "TOKEN"}, scan.Remote.Env.Secrets()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"B": "x"}, scan.ScanEnv.Texts()); diff != "" {
		t.Error(diff)
	}
	if got := scan.At("SCAN_ENV.API_TOKEN").String(); got != "x.yaml:6:20" {
		t.Errorf("it is at %s", got)
	}
	if (spec.Env{"X": {FromEnv: "X"}}).Texts() != nil {
		t.Error("there is a text where there are only secrets")
	}
}

func TestWhatAVariableCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		"SCAN_ENV: {A: {}}":                             "6:15: SCAN_ENV.A takes one of from_env and from_file",
		"SCAN_ENV: {A: {from_env: X, from_file: y}}":    "6:15: SCAN_ENV.A takes one of from_env and from_file",
		"SCAN_ENV: {A: {from: X}}":                      "6:16: unknown key SCAN_ENV.A.from (it takes from_env, from_file)",
		"SCAN_ENV: {A: {fromenv: X}}":                   "6:16: unknown key SCAN_ENV.A.fromenv (did you mean SCAN_ENV.A.from_env?)",
		"SCAN_ENV: {A: {from_env: A-B}}":                "6:16: SCAN_ENV.A.from_env is no name of an environment variable (letters, digits and underscores, not beginning with a digit)",
		"SCAN_ENV: {A: {from_file: -x}}":                "6:27: SCAN_ENV.A.from_file begins with a dash, and would be taken for an option (did you mean ./-x?)",
		"SCAN_ENV: {A: {from_env: }}":                   "6:16: SCAN_ENV.A.from_env has no value (give it one, or leave it out)",
		"SCAN_ENV: {A: [x]}":                            "6:15: SCAN_ENV.A takes text, or a mapping with from_env or from_file, not a list",
		"SCAN_ENV: {A: }":                               `6:12: SCAN_ENV.A has no value (write "" for an empty one)`,
		"SCAN_ENV: {A: \"x\\ny\"}":                      "6:15: SCAN_ENV.A holds the end of a line (it is handed to the workers in one line)",
		"SCAN_ENV: {SSHOPTS: {from_env: X}}":            "6:12: SCAN_ENV.SSHOPTS can't be had from elsewhere (a plan has to show how targets are reached)",
		"SCAN_ENV: {SCANMASTER_SECRETS: {from_env: X}}": "6:12: SCAN_ENV.SCANMASTER_SECRETS is scanmaster's own (leave it out)",
		"SCAN_ENV: {A-B: {from_env: X}}":                "6:12: SCAN_ENV.A-B is no name of an environment variable (letters, digits and underscores, not beginning with a digit)",
		"SCAN_ENV: {TOKEN: x}":                          "6:12: warning: SCAN_ENV.TOKEN looks like a secret, and will stand in process lists on the workers (have it from_env or from_file)",
		"SCAN_ENV: {TOKEN: {from_env: X}}":              "",
		"SCAN_ENV: {A: &x {from_env: X}}":               "6:15: anchors, aliases and merge keys are not taken (write the value where it is needed)",
	} {
		if _, got := parseEnv(t, "remote: r\n"+text+"\n"); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	_, got := parseEnv(t, "remote: {script: r, env: {A: {from_env: X}}}\nshell: login\n")
	if !strings.Contains(got, "remote.env can't go with shell: login") {
		t.Error(got)
	}
}
