package remote

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/crypto/ssh"
)

// ErrPassphrase tells that a private key can't be read without its passphrase.
var ErrPassphrase = errors.New("the private key is protected by a passphrase")

// KeyFile reads a private key in OpenSSH's or a PEM format. Where a
// certificate stands beside it, in path-cert.pub, the signer shows that
// instead of the plain key. The error is ErrPassphrase for an encrypted key.
func KeyFile(path string) (ssh.Signer, error) {
	text, err := readSmall(path)
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

// Certify puts the certificate in a file before the key that it is for. Where no key is,
// it is an error.
func Certify(keys []ssh.Signer, path string) ([]ssh.Signer, error) {
	for _, key := range keys {
		signer, err := certified(key, path)
		if err == nil && signer != key {
			return append([]ssh.Signer{signer}, keys...), nil
		}
		if err != nil && !errors.Is(err, errOther) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("certificate %s: none of the keys is the one that it is for, or it isn't there", path)
}

// errOther tells that a certificate is for another key.
var errOther = errors.New("it is for another key")

// maxKeyFile is how large a file of one key may be, in bytes.
const maxKeyFile = 1 << 20

// readSmall reads a file of one key. A pipe, which might never be written to,
// and a device, which might never end, are refused.
func readSmall(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFile+1))
	if err == nil && len(text) > maxKeyFile {
		err = fmt.Errorf("%s is over %d MiB", path, maxKeyFile>>20)
	}
	return text, err
}

// certified is key with the certificate in the file at path, or key itself
// where there is no such file.
func certified(key ssh.Signer, path string) (ssh.Signer, error) {
	text, err := readSmall(path)
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
	if !bytes.Equal(certificate.Key.Marshal(), key.PublicKey().Marshal()) {
		return nil, fmt.Errorf("certificate %s: %w", path, errOther)
	}
	signer, err := ssh.NewCertSigner(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", path, err)
	}
	return signer, nil
}
