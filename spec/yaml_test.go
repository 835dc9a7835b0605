package spec

import (
	"errors"
	"io"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"scanmaster/spec/diag"
)

// panicker stands for a text on which yaml.v3 panics.
type panicker struct{}

func (panicker) Read([]byte) (int, error) { panic("invalid parser state") }

func TestAPanicOfTheParserIsAnError(t *testing.T) {
	doc, err := next(yaml.NewDecoder(panicker{}))
	if doc != nil || err == nil || err.Error() != "yaml: invalid parser state" {
		t.Errorf("got %v, %v", doc, err)
	}
	if _, err := next(yaml.NewDecoder(strings.NewReader(""))); !errors.Is(err, io.EOF) {
		t.Errorf("got %v for no document", err)
	}
}

func TestAnUnknownComplaintOfTheParserStillHasAPlace(t *testing.T) {
	for text, want := range map[string]string{
		"yaml: line 2: something new":               "a.yaml:2:3: this is no YAML",
		"yaml: something new":                       "a.yaml:1:1: this is no YAML",
		"yaml: line 900: something new":             "a.yaml:3:1: this is no YAML",
		"yaml: unknown anchor 'gone' referenced":    "a.yaml: " + noAliases + " (" + noAliasesHint + ")",
		"yaml: line 900: did not find expected key": "a.yaml:3:1: a key is expected here (mend the indentation)",
	} {
		var problems diag.List
		syntax(&problems, "a.yaml", []byte("a:\n  b\nc"), errors.New(text))
		if got := problems.Error(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestARuleIsSilentOnWhatIsGood(t *testing.T) {
	for name, good := range map[string]string{
		"scan_name": "a", "file_path": "a", "share_dir": "/a", "worker_host": "a", "env_name": "A", "not_ours": "A",
		"abs_path": "/", "worker_glob": "*", "env_glob": "LC_*", "login_name": "a", "no_blanks": "a", "no_nul": "", "one_line": "a", "flag": "-I", "limit_key": "failed",
	} {
		if problem, hint := rules[name](good); problem != "" || hint != "" {
			t.Errorf("%s finds %q in %q", name, problem, good)
		}
	}
	if problem, _ := envValue("x"); problem != "" {
		t.Error(problem)
	}
}
