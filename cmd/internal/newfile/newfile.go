// Package newfile writes files that users name: whole, or not at all.
package newfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// HeadLength is how much of a file a Kind gets to see, in bytes.
const HeadLength = 4 << 10

// Kind is what a file takes the place of: another of its kind, or an empty one. A
// scan file, a script or a list that is named by mistake is none, and is kept.
type Kind struct {
	// Name is what one is called, such as "saved plan".
	Name string
	// Is tells one by its first bytes, of which there are HeadLength at most.
	Is func(head []byte) bool
}

// Check refuses to put a file in the place of what is none, such as a device, or of
// one of another kind.
func Check(path string, kind Kind) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file, and is left alone", path)
	case info.Size() == 0:
		return nil
	}
	head, err := headOf(path)
	if err != nil {
		return fmt.Errorf("what is there can't be read, and is left alone: %w", err)
	}
	if !kind.Is(head) {
		return fmt.Errorf("%s is there, and no %s: it is left alone; name another file, or remove that one", path, kind.Name)
	}
	return nil
}

// headOf reads the first bytes of a file.
func headOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	head, err := io.ReadAll(io.LimitReader(f, HeadLength))
	return head, errors.Join(err, f.Close())
}

// Create begins a file, which takes the place of what is there when it is whole: with
// its mode, or where there is none with perm as the umask has it. Whoever creates it
// calls CloseAtomicallyReplace, and Cleanup, which does nothing after that.
func Create(path string, perm fs.FileMode, kind Kind) (*renameio.PendingFile, error) {
	if err := Check(path, kind); err != nil {
		return nil, err
	}
	return renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)),
		renameio.WithPermissions(perm), renameio.WithExistingPermissions())
}
