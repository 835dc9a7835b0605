package remote_test

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/remote"
)

// asked answers with one passphrase after another, and remembers the prompts.
type asked struct {
	answers []string
	prompts []string
}

var errNoTerminal = errors.New("nobody to ask")

func (a *asked) ask(prompt string) (string, error) {
	n := len(a.prompts)
	a.prompts = append(a.prompts, prompt)
	if n >= len(a.answers) {
		return "", errNoTerminal
	}
	return a.answers[n], nil
}

// testPassphrase is that a key behind a passphrase lets one in.
func testPassphrase(t *testing.T, start starter) {
	t.Helper()
	private, text := newPrivate(t, "secret")
	public, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, setting{authorized: []ssh.PublicKey{public}}).config()
	a := &asked{answers: []string{"secret"}}
	key, err := remote.PassphraseKeyFile(writeFile(t, "id", text), a.ask)
	if err != nil {
		t.Fatal(err)
	}
	c.Auth = []ssh.AuthMethod{ssh.PublicKeys(key)}
	conn, err := remote.Dial(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

func TestAPassphraseIsAskedForThreeTimesAtTheMost(t *testing.T) {
	_, protected := newPrivate(t, "secret")
	_, plain := newPrivate(t, "")
	path := writeFile(t, "id", protected)
	cases := map[string]struct {
		path    string
		answers []string
		asked   int
		err     error
	}{
		"right at once": {path, []string{"secret"}, 1, nil},
		"right at last": {path, []string{"wrong", "", "secret"}, 3, nil},
		"never right":   {path, []string{"a", "b", "c", "secret"}, 3, remote.ErrPassphrase},
		"nobody to ask": {path, nil, 1, errNoTerminal},
		"not needed":    {writeFile(t, "id", plain), nil, 0, nil},
		"not there":     {filepath.Join(t.TempDir(), "id"), nil, 0, fs.ErrNotExist},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := &asked{answers: c.answers}
			key, err := remote.PassphraseKeyFile(c.path, a.ask)
			if !errors.Is(err, c.err) || (key == nil) != (err != nil) {
				t.Errorf("got %v, want %v", err, c.err)
			}
			if len(a.prompts) != c.asked {
				t.Errorf("asked %d times, want %d", len(a.prompts), c.asked)
			}
			for i, prompt := range a.prompts {
				if !strings.Contains(prompt, c.path) || strings.Contains(prompt, "wrong") != (i > 0) {
					t.Errorf("prompt %d is %q", i, prompt)
				}
			}
		})
	}
}
