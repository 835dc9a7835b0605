package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/runner/secret"
)

func set() secret.Set {
	return secret.Set{
		Worker: map[string]secret.Value{"TOKEN": "s3cret", "LONGER": "s3cret-and-more"},
		Script: map[string]secret.Value{"KEY": "-----BEGIN\nabcdefgh\nxy\n-----END"},
	}
}

func TestASecretIsNotPrinted(t *testing.T) {
	s := set()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %q %s", s, s, s, s.Worker["TOKEN"]), string(data)} {
		if strings.Contains(shown, "s3cret") || strings.Contains(shown, "abcdefgh") || !strings.Contains(shown, secret.Mark) {
			t.Errorf("shown is %s", shown)
		}
	}
}

func TestSecretsTravelWhole(t *testing.T) {
	data, err := set().Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := secret.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if got.Script["KEY"].Reveal() != set().Script["KEY"].Reveal() {
		t.Error("a secret has changed on its way")
	}
	if diff := cmp.Diff([]string{"LONGER=s3cret-and-more", "TOKEN=s3cret"}, got.Environ()); diff != "" {
		t.Error(diff)
	}
	if err := got.Has([]string{"TOKEN", "LONGER"}, []string{"KEY"}); err != nil {
		t.Error(err)
	}
	for _, names := range [][]string{nil, {"TOKEN"}, {"TOKEN", "LONGER", "MORE"}} {
		if err := got.Has(names, []string{"KEY"}); err == nil {
			t.Errorf("they are taken for those of %q", names)
		}
	}
	for _, cut := range []string{"", string(data[:len(data)-2]), `{"other":1}`} {
		if _, err := secret.Decode([]byte(cut)); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v", err)
		}
	}
	if !(secret.Set{}).IsEmpty() || set().IsEmpty() {
		t.Error("what is empty isn't known")
	}
}

func TestWhatCannotBeASecret(t *testing.T) {
	for value, bad := range map[secret.Value]bool{"": true, "abc": true, "abcd": false, "ab\x00cd": true, "ab\xffcd": true, "line\nline": false} {
		if err := value.Check(); (err != nil) != bad {
			t.Errorf("%q: %v", value.Reveal(), err)
		}
	}
}

func TestSecretsAreMaskedInTexts(t *testing.T) {
	m := set().Mask()
	for in, want := range map[string]string{
		"the token is s3cret.": "the token is ***.", "s3cret-and-more": "***", "s3crets3cret": "******", "s3cre": "s3cre",
		"in: abcdefgh\nxy": "in: ***\nxy", "-----BEGIN\nabcdefgh\nxy\n-----END": "***", "": "",
	} {
		if got := m.String(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	var none *secret.Mask
	if got := none.String("s3cret"); got != "s3cret" || (secret.Set{}).Mask() != nil {
		t.Errorf("without secrets %q", got)
	}
}

func TestSecretsAreMaskedInErrors(t *testing.T) {
	m := set().Mask()
	err := m.Error(fmt.Errorf("open s3cret: %w", fs.ErrNotExist))
	if err.Error() != "open ***: file does not exist" || !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if plain := errors.New("x"); m.Error(plain) != plain || m.Error(nil) != nil { //nolint:errorlint // it is that one
		t.Error("what needs no mask is another error")
	}
}

type inner struct {
	Text string
	hid  string
}

type event struct {
	Line  string
	List  []string
	Map   map[string]inner
	To    *inner
	Any   any
	Count int
	None  []string
}

func TestSecretsAreMaskedInValues(t *testing.T) {
	was := event{
		Line: "a s3cret", List: []string{"s3cret", "b"}, Map: map[string]inner{"k": {"s3cret", "s3cret"}},
		To: &inner{Text: "s3cret"}, Any: inner{Text: "s3cret"}, Count: 7,
	}
	got := secret.Of(set().Mask(), any(was)).(event)
	want := event{
		Line: "a ***", List: []string{"***", "b"}, Map: map[string]inner{"k": {"***", "s3cret"}},
		To: &inner{Text: "***"}, Any: inner{Text: "***"}, Count: 7,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(inner{})); diff != "" {
		t.Error(diff)
	}
	if was.List[0] != "s3cret" || was.To.Text != "s3cret" || was.Map["k"].Text != "s3cret" {
		t.Error("the value itself has changed")
	}
}

func TestSecretsAreMaskedAsTheyCome(t *testing.T) {
	text := "one s3cret\ntwo s3cret-and-more" + strings.Repeat("x", 200_000) + "s3cret" + strings.Repeat("y", 70_000) + "\nlast s3cret"
	want := strings.ReplaceAll(strings.ReplaceAll(text, "s3cret-and-more", "***"), "s3cret", "***")
	for _, size := range []int{1, 7, 4096, len(text)} {
		var out bytes.Buffer
		in, flush := set().Mask().Stream(&out)
		for rest := []byte(text); len(rest) > 0; {
			n := min(size, len(rest))
			if _, err := in.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := flush(); err != nil || out.String() != want {
			t.Errorf("in pieces of %d: %d bytes, want %d (%v)", size, out.Len(), len(want), err)
		}
	}
}
