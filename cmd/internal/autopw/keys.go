package autopw

// The keys that mean something while a secret is typed (termios(3)).
const (
	keyInterrupt = 0x03
	keyEnd       = 0x04
	keyErase     = 0x7f
	keyBackspace = 0x08
	keyKill      = 0x15
	keySuspend   = 0x1a
	keyQuit      = 0x1c
)

// typing is a secret that is being typed.
type typing struct{ text []byte }

// take takes keys in. It gives the secret once it is whole, with the keys behind
// it; given up tells that the user would rather end it, by a key that is among the
// rest.
func (t *typing) take(keys []byte) (secret, rest []byte, whole, givenUp bool) {
	for i, key := range keys {
		switch key {
		case '\r', '\n':
			secret, t.text = t.text, nil
			return secret, keys[i+1:], true, false
		case keyErase, keyBackspace:
			t.text = t.text[:max(0, len(t.text)-1)]
		case keyKill:
			t.text = t.text[:0]
		case keyInterrupt, keyEnd, keySuspend, keyQuit:
			t.forget()
			return nil, keys[i:], false, true
		default:
			t.text = append(t.text, key)
		}
	}
	return nil, nil, false, false
}

// forget overwrites what was typed so far.
func (t *typing) forget() {
	clear(t.text)
	t.text = nil
}
