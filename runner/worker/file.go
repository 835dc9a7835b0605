package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"scanmaster/runner/share"
)

// maxScript bounds a script and a hook, in bytes: they are held in memory.
const maxScript = 16 << 20

// Nameless makes a file that is gone when it is closed, which is up to the caller.
func Nameless(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "scanmaster-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// copyVerified copies a file whose digest, where it is given, must be right.
func copyVerified(to io.Writer, path, digest string) error {
	f, err := share.OpenRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, sum), f); err != nil {
		return err
	}
	return compare(path, hex.EncodeToString(sum.Sum(nil)), digest)
}
