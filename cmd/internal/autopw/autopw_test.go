package autopw

import (
	"slices"
	"testing"
)

func TestOnlyAPromptAtTheEndOfALineIsOne(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]kind{
		"me@web1's password: ":          password,
		"Password:":                     password,
		"hello\r\n(me@web1) Password: ": password,
		"Enter passphrase for /home/me/.ssh/id_ed25519: ":      passphrase,
		"Enter passphrase for key '/home/me/.ssh/id_ed25519':": passphrase,
		"Bad passphrase, try again for /home/me/.ssh/id: ":     passphrase,
		"Bad passphrase, try again: ":                          passphrase,
		"Enter PEM pass phrase:":                               passphrase,
		"Enter passphrase:":                                    passphrase,
		"continue connecting (yes/no)? ":                       yes,
		"continue connecting (yes/no/[fingerprint])? ":         yes,
		"Overwrite? y,n,(y/n)?":                                letter,
		"Do you want to continue [y,n,?,??,q] ":                letter,
		"":                                                     nothing,
		"your password: it is too old":                         nothing,
		"Password:\r\n":                                        nothing,
		"Password: \r":                                         nothing,
		"Enter passphrase for":                                 nothing,
		"(yes/no)? yes":                                        nothing,
		"bypasswords":                                          nothing,
	} {
		whole, pieces := new(screen), new(screen)
		whole.add([]byte(text))
		for _, c := range []byte(text) {
			pieces.add([]byte{c})
		}
		if got, again := whole.prompt(), pieces.prompt(); got != want || again != want {
			t.Errorf("%q is %d, byte by byte %d, want %d", text, got, again, want)
		}
	}
}

func TestAVeryLongLineIsLookedAtAtItsEnd(t *testing.T) {
	t.Parallel()
	s := new(screen)
	for range 100_000 {
		s.add([]byte("no end "))
	}
	s.add([]byte("password: "))
	if s.prompt() != password || len(s.line) > longest || len(s.since) > recent {
		t.Errorf("%d, with %d and %d bytes kept", s.prompt(), len(s.line), len(s.since))
	}
}

func TestASecretIsTypedOnceAndOneThatIsRefusedNotTriedAgain(t *testing.T) {
	t.Parallel()
	s := new(secrets)
	step := func(k kind, refused bool, want string) {
		t.Helper()
		got, known := s.next(k, refused)
		if known != (want != "") || string(got) != want {
			t.Errorf("%q, %v, want %q", got, known, want)
		}
	}
	step(password, false, "")
	s.keep(password, []byte("one"))
	step(password, false, "one")
	step(passphrase, false, "") // it is another thing
	step(password, false, "one")
	step(password, true, "")
	s.keep(password, []byte("two"))
	step(password, false, "two")
	step(password, true, "one") // perhaps this host has the old one
	step(password, true, "")
	s.keep(password, []byte("two"))
	step(password, false, "two")
	held := s.known[password]
	s.forget()
	if step(password, false, ""); !slices.Equal(held[0], make([]byte, 3)) {
		t.Errorf("%q is still in memory", held[0])
	}
}

func TestASecretIsTypedAsOnATerminal(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]struct {
		secret, rest   string
		whole, givenUp bool
	}{
		"abc\r":          {"abc", "", true, false},
		"abc\nrest":      {"abc", "rest", true, false},
		"abx\x7fc\r":     {"abc", "", true, false},
		"\x08\x08a\r":    {"a", "", true, false},
		"wrong\x15abc\r": {"abc", "", true, false},
		"ab":             {"", "", false, false},
		"ab\x03rest":     {"", "\x03rest", false, true},
		"\x04":           {"", "\x04", false, true},
		"\r":             {"", "", true, false},
	} {
		var all, pieces typing
		secret, rest, whole, givenUp := all.take([]byte(keys))
		if string(secret) != want.secret || string(rest) != want.rest || whole != want.whole || givenUp != want.givenUp {
			t.Errorf("%q: %q, %q, %v, %v", keys, secret, rest, whole, givenUp)
		}
		for _, key := range []byte(keys) {
			if secret, _, whole, _ = pieces.take([]byte{key}); whole {
				break
			}
		}
		if whole && string(secret) != want.secret {
			t.Errorf("%q key by key: %q", keys, secret)
		}
	}
}
