// Package newfile writes files that users name: whole, or not at all.
package newfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// Check refuses to put a file in the place of what is none, such as a device.
func Check(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file, and is left alone", path)
	}
	return nil
}

// Create begins a file, which takes the place of what is there when it is whole: with
// its mode, or where there is none with perm as the umask has it. Whoever creates it
// calls CloseAtomicallyReplace, and Cleanup, which does nothing after that.
func Create(path string, perm fs.FileMode) (*renameio.PendingFile, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	return renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)),
		renameio.WithPermissions(perm), renameio.WithExistingPermissions())
}
