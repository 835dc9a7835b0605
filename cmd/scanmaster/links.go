package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/safe"
)

func newInstallLinks(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "install-links DIR",
		Short: "make links by which the program is all tools of the classic suite",
		Long: `install-links makes a link to this program in DIR for each tool of the classic
suite that it is when it is called by that name, and for scanmaster where it isn't
there by that name itself. What is there already and isn't
such a link is left alone, and is an error before any link is made. In the
program's own folder the links hold its name alone, so that the folder may be
moved, or packed.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misuse(cmd, "", "name the folder that the links are to be in")
			}
			return nil
		},
		ValidArgsFunction:     folders,
		DisableFlagsInUseLine: true,
		RunE:                  func(_ *cobra.Command, args []string) error { return a.installLinks(args[0]) },
	}
}

func (a *app) installLinks(dir string) error {
	program, err := os.Executable()
	if err == nil {
		program, err = resolved(program)
	}
	if err != nil {
		return err
	}
	var missing []string
	var errs []error
	for _, name := range append(slices.Sorted(maps.Keys(tools)), ownName) {
		path := filepath.Join(dir, name)
		there, err := isProgram(path, program)
		switch {
		case err != nil:
			errs = append(errs, err)
		case !there:
			missing = append(missing, path)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	target := program
	if in, err := resolved(dir); err == nil && in == filepath.Dir(program) {
		target = filepath.Base(program)
	}
	for _, path := range missing {
		if err := os.Symlink(target, path); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(a.stdout, safe.Line(path+" -> "+target, 0)); err != nil {
			return err
		}
	}
	return nil
}

// resolved is the absolute path of what a path leads to.
func resolved(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

// isProgram tells whether a path leads to the program, or is its own. The error is
// that something else is there.
func isProgram(path, program string) (bool, error) {
	there, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	to, err := resolved(path)
	linked, own := there.Mode().Type() == fs.ModeSymlink, filepath.Base(path) == ownName
	if err == nil && to == program && (linked || own) {
		return true, nil
	}
	return false, fmt.Errorf("%s is there already, and is no link to %s; move it away, or name another folder", path, program)
}
