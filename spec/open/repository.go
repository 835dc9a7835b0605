package open

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// gitFolder holds what is git's own, credentials among it.
const gitFolder = ".git"

// maxLinks is how many symbolic links one path may lead through, as Linux has it.
const maxLinks = 40

// Repository opens only what is in one repository, and nothing of git's own there.
// Symbolic links are followed within it. It tells nothing of what is outside, not
// even whether that is there.
type Repository struct {
	// named is the repository's folder by the path by which a file in it was
	// named, real the same without symbolic links.
	named, real string
	// git tells that it is a git work tree.
	git bool
	// inHome tells that the home folder is a work tree, which isn't taken for one.
	inHome bool
	// none says why nothing is opened at all; empty where what is inside may be.
	none Problem
}

// RepositoryOf gives the repository that a file is in: the git work tree whose top
// is the nearest folder above it that holds .git, or the file's own folder where
// none does. A folder that was reached by a symbolic link out of a work tree is in
// that work tree nevertheless, so that who makes the link doesn't choose the top.
// Neither home, where ~/.ssh is, nor / is ever taken for a repository, whatever .git is
// there: of a file that lies in one of the two nothing is opened. Home may be empty.
func RepositoryOf(file, home string) *Repository {
	path, err := filepath.Abs(file)
	if err != nil {
		path = file // the working directory is gone; so are the files
	}
	top, known, inHome := filepath.Dir(path), false, false
	for dir := top; ; dir = filepath.Dir(dir) {
		_, err := os.Lstat(filepath.Join(dir, gitFolder))
		switch {
		case err != nil:
		case tooWide(dir, home) != "":
			inHome = true
		case !known || !within(resolved(dir), resolved(top)):
			top, known = dir, true
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return &Repository{named: top, real: resolved(top), git: known, inHome: inHome, none: tooWide(top, home)}
}

// tooWide says why a folder is no repository, whatever is in it; empty where it may be.
func tooWide(dir, home string) Problem {
	switch dir = resolved(dir); {
	case dir == filepath.Dir(dir):
		return isRoot
	case home != "" && dir == resolved(filepath.Clean(home)):
		return isHome
	}
	return ""
}

// Why nothing is opened.
const (
	isHome Problem = "lies in the home folder itself, and --confine lets nothing be read there: put the scan file in a folder of its own"
	isRoot Problem = "lies in / itself, and --confine lets nothing be read there: put the scan file in a folder of its own"
)

// resolved gives a folder's path without symbolic links, as far as it is there.
func resolved(dir string) string {
	if path, err := filepath.EvalSymlinks(dir); err == nil {
		return path
	}
	return dir
}

// within tells whether a path is in a folder, or is that.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// Open implements Opener.
func (r *Repository) Open(path string) (*os.File, fs.FileInfo, error) {
	root, inside, err := r.find(path)
	if err != nil {
		return nil, nil, Reason(err)
	}
	defer root.Close()
	info, err := root.Lstat(inside)
	return regular(info, err, func(flags int) (*os.File, error) {
		// The links were followed; one that has come since may lead to git's own.
		return root.OpenFile(inside, flags|syscall.O_NOFOLLOW, 0)
	})
}

// Folder implements Opener.
func (r *Repository) Folder(path string) error {
	root, inside, err := r.find(path)
	if err != nil {
		return Reason(err)
	}
	defer root.Close()
	info, err := root.Lstat(inside)
	return folder(info, err)
}

// find opens the repository and follows a path in it. What it gives has no links
// any more; should that have changed when it is opened, an os.Root still lets
// nothing lead outside. The caller closes the root.
func (r *Repository) find(path string) (*os.Root, string, error) {
	if r.none != "" {
		return nil, "", r.none
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, "", err
	}
	inside, ok := r.relative(path)
	if !ok {
		return nil, "", r.outside("is")
	}
	root, err := os.OpenRoot(r.real)
	if err != nil {
		return nil, "", err
	}
	inside, err = r.follow(root, inside)
	if err != nil {
		_ = root.Close() // it was only read
		return nil, "", err
	}
	return root, inside, nil
}

// relative gives a path from the top of the repository, where it is in there.
func (r *Repository) relative(path string) (string, bool) {
	for _, top := range []string{r.named, r.real} {
		if rel, err := filepath.Rel(top, path); err == nil && filepath.IsLocal(rel) {
			return rel, true
		}
	}
	return "", false
}

// follow resolves all symbolic links of a path, and looks at nothing outside.
func (r *Repository) follow(root *os.Root, path string) (string, error) {
	at, rest, links := ".", split(path), 0
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		switch {
		case name == "" || name == ".":
			continue
		case name == ".." && at == ".":
			return "", r.outside("leads")
		case name == "..":
			at = filepath.Dir(at)
			continue
		case strings.EqualFold(name, gitFolder):
			return "", Problem("is git's own, which --confine lets nobody read")
		}
		next := filepath.Join(at, name)
		info, err := root.Lstat(next)
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", syscall.ELOOP
		}
		target, err := root.Readlink(next)
		if err != nil {
			return "", err
		}
		if filepath.IsAbs(target) {
			inside, ok := r.relative(target)
			if !ok {
				return "", r.outside("leads")
			}
			at, target = ".", inside
		}
		rest = append(split(target), rest...)
	}
	return at, nil
}

func split(path string) []string { return strings.Split(path, string(filepath.Separator)) }

func (r *Repository) outside(verb string) Problem {
	what := "the repository"
	switch {
	case r.git:
	case r.inHome:
		what = "the scan file's folder, which is in no git repository but the home folder itself"
	default:
		what = "the scan file's folder, which is in no git repository"
	}
	return Problem(verb + " outside " + what + ", and --confine lets nothing be read there")
}
