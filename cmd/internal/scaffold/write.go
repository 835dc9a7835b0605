package scaffold

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// There gives those of the files that are in a folder already, as paths: nothing
// of them is ever written over. What can't be looked at is an error.
func There(dir string, files []File) ([]string, error) {
	var there []string
	for _, f := range files {
		path := filepath.Join(dir, f.Path)
		switch _, err := os.Lstat(path); {
		case err == nil:
			there = append(there, path)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return there, nil
}

// Write makes the files in a folder, and the folder. One that is there is an error,
// also where it came between There and now; what was written before it stays.
func Write(dir string, files []File) error {
	for _, f := range files {
		path := filepath.Join(dir, f.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil { // as mkdir(1) does
			return err
		}
		if err := write(path, f); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, f File) error {
	mode := fs.FileMode(0o666)
	if f.Executable {
		mode = 0o777
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(f.Text)
	return errors.Join(err, file.Close())
}
