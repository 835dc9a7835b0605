package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/crypto/ssh"
)

// ErrPassphrase tells that a private key can't be read without its passphrase.
var ErrPassphrase = errors.New("the private key is protected by a passphrase")

// KeyFile reads a private key in OpenSSH's or a PEM format. Where a
// certificate stands beside it, in path-cert.pub, the signer shows that
// instead of the plain key. The error is ErrPassphrase for an encrypted key.
func KeyFile(path string) (ssh.Signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	key, err := ssh.ParsePrivateKey(text)
	if missing := new(ssh.PassphraseMissingError); errors.As(err, &missing) {
		return nil, fmt.Errorf("%s: %w", path, ErrPassphrase)
	}
	if err != nil {
		return nil, fmt.Errorf("private key %s: %w", path, err)
	}
	return certified(key, path+"-cert.pub")
}

// certified is key with the certificate in the file at path, or key itself
// where there is no such file.
func certified(key ssh.Signer, path string) (ssh.Signer, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return key, nil
	}
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(text) // one line of the same form
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", path, err)
	}
	certificate, ok := public.(*ssh.Certificate)
	if !ok {
		return nil, fmt.Errorf("certificate %s: it is a plain key", path)
	}
	signer, err := ssh.NewCertSigner(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", path, err)
	}
	return signer, nil
}
