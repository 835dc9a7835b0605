package remote

import (
	"crypto/x509"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// passphraseTries is how often one may err, as NumberOfPasswordPrompts of
// ssh_config(5).
const passphraseTries = 3

// PassphraseKeyFile reads a private key as KeyFile does, and asks for its
// passphrase where it has one: three times at the most, with a prompt that
// says when the one before was wrong. The error is then ErrPassphrase. What
// ask fails with ends it at once.
func PassphraseKeyFile(path string, ask func(prompt string) (string, error)) (ssh.Signer, error) {
	key, err := KeyFile(path)
	if !errors.Is(err, ErrPassphrase) {
		return key, err
	}
	text, err := readSmall(path)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	prompt := fmt.Sprintf("passphrase of %s: ", path)
	for range passphraseTries {
		passphrase, err := ask(prompt)
		if err != nil {
			return nil, fmt.Errorf("passphrase of %s: %w", path, err)
		}
		key, err := unlock(text, passphrase)
		if err == nil {
			return certified(key, path+"-cert.pub")
		}
		if !errors.Is(err, x509.IncorrectPasswordError) {
			return nil, fmt.Errorf("private key %s: %w", path, err)
		}
		prompt = fmt.Sprintf("that was wrong; passphrase of %s: ", path)
	}
	return nil, fmt.Errorf("%s: %d wrong passphrases: %w", path, passphraseTries, ErrPassphrase)
}

// unlock parses a private key. That none is protected by an empty passphrase
// the library says in other words.
func unlock(text []byte, passphrase string) (ssh.Signer, error) {
	if passphrase == "" {
		return nil, x509.IncorrectPasswordError
	}
	return ssh.ParsePrivateKeyWithPassphrase(text, []byte(passphrase))
}
