package open

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// write writes a file, and the folders above it.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// lay makes a repository at DIR/repo, with a secret beside it, and links in it of all
// kinds.
func lay(t *testing.T) (dir, repo string) {
	t.Helper()
	dir = t.TempDir()
	repo = filepath.Join(dir, "repo")
	write(t, filepath.Join(dir, "secret"), "s3cret")
	write(t, filepath.Join(dir, "repository"), "its name begins alike")
	write(t, filepath.Join(repo, ".git/config"), "token")
	write(t, filepath.Join(repo, ".gitignore"), "ignored")
	write(t, filepath.Join(repo, "scans/scan.yaml"), "scan")
	write(t, filepath.Join(repo, "lists/targets"), "web1")
	link(t, "../lists/targets", filepath.Join(repo, "scans/within"))
	link(t, filepath.Join(repo, "lists"), filepath.Join(repo, "scans/absolute"))
	link(t, "../../secret", filepath.Join(repo, "scans/out"))
	link(t, filepath.Join(dir, "secret"), filepath.Join(repo, "scans/far"))
	link(t, "/dev/zero", filepath.Join(repo, "scans/device"))
	link(t, "..", filepath.Join(repo, "up"))
	link(t, "scans/out", filepath.Join(repo, "twice"))
	link(t, "../.git", filepath.Join(repo, "scans/git"))
	link(t, "round", filepath.Join(repo, "round"))
	link(t, "../../nothing", filepath.Join(repo, "scans/nothing"))
	if err := syscall.Mkfifo(filepath.Join(repo, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, repo
}

func TestARepositoryOpensWhatIsInItAndNothingElse(t *testing.T) {
	dir, repo := lay(t)
	const is, leads, git = "is outside the repository", "leads outside the repository", "is git's own"
	r := RepositoryOf(filepath.Join(repo, "scans/scan.yaml"), "")
	for path, want := range map[string]string{
		"scans/scan.yaml": "scan", "scans/within": "web1", "scans/absolute/targets": "web1", ".gitignore": "ignored",
		"up/repo/lists/targets": leads, "scans/../lists/targets": "web1",
		"scans/out": leads, "scans/far": leads, "scans/device": leads, "twice": leads, "up/secret": leads, "scans/nothing": leads,
		"../secret": is, "../nothing": is, "/etc/passwd": is, "../repository": is,
		".git/config": git, ".GIT/config": git, "scans/git/config": git, ".git": git,
		"round": "too many levels of symbolic links", "pipe": string(IsNotRegular), "scans": string(IsFolder),
		"lists/none": fs.ErrNotExist.Error(), "lists/targets/below": fs.ErrNotExist.Error(),
	} {
		full := path
		if !filepath.IsAbs(path) {
			full = repo + "/" + path
		}
		f, _, err := r.Open(full)
		if err == nil {
			data, err := io.ReadAll(f)
			_ = f.Close()
			if err != nil || string(data) != want {
				t.Errorf("%s holds %q (%v), want %q", path, data, err, want)
			}
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if err := r.Folder(dir); err == nil || !strings.Contains(err.Error(), is) {
		t.Errorf("the folder around it: %v", err)
	}
	if err := r.Folder(filepath.Join(repo, "up")); err == nil || !strings.Contains(err.Error(), leads) {
		t.Errorf("a link to the folder around it: %v", err)
	}
}

func TestTheTopOfARepository(t *testing.T) {
	dir := t.TempDir()
	outer, other := filepath.Join(dir, "outer"), filepath.Join(dir, "other")
	write(t, filepath.Join(outer, ".git/HEAD"), "")
	write(t, filepath.Join(outer, "sub/.git"), "gitdir: ../.git/modules/sub")
	write(t, filepath.Join(outer, "sub/deep/scan.yaml"), "")
	write(t, filepath.Join(other, ".git/HEAD"), "")
	write(t, filepath.Join(other, "deep/scan.yaml"), "")
	write(t, filepath.Join(dir, "none/scan.yaml"), "")
	link(t, other, filepath.Join(outer, "linked"))
	link(t, outer, filepath.Join(dir, "named"))
	for file, want := range map[string]string{
		"outer/scan.yaml":             "outer",
		"outer/sub/deep/scan.yaml":    "outer/sub", // a submodule is a repository of its own
		"none/scan.yaml":              "none",
		"outer/linked/deep/scan.yaml": "outer", // the link is the outer one's, and would lead out of it
		"named/sub/deep/scan.yaml":    "named/sub",
	} {
		if got := RepositoryOf(filepath.Join(dir, file), "").named; got != filepath.Join(dir, want) {
			t.Errorf("%s is in %s, want %s", file, got, want)
		}
	}
	none := RepositoryOf(filepath.Join(dir, "none/scan.yaml"), "")
	if _, _, err := none.Open(filepath.Join(dir, "other/x")); err == nil || !strings.Contains(err.Error(), "which is in no git repository") {
		t.Errorf("outside no repository: %v", err)
	}
	if _, _, err := RepositoryOf(filepath.Join(dir, "outer/linked/deep/scan.yaml"), "").Open(filepath.Join(dir, "outer/linked/deep/scan.yaml")); err == nil {
		t.Error("a link out of a repository is followed")
	}
	f, _, err := RepositoryOf(filepath.Join(dir, "named/scan.yaml"), "").Open(filepath.Join(outer, "sub/deep/scan.yaml"))
	if err != nil {
		t.Fatal(err) // by its real path
	}
	f.Close()
}

func TestNeitherHomeNorTheRootIsARepository(t *testing.T) {
	home := t.TempDir()
	write(t, filepath.Join(home, ".git/HEAD"), "dotfiles")
	write(t, filepath.Join(home, ".ssh/id"), "s3cret")
	write(t, filepath.Join(home, "scans/scan.yaml"), "scan")
	write(t, filepath.Join(home, "repo/.git/HEAD"), "")
	write(t, filepath.Join(home, "repo/deep/scan.yaml"), "scan")
	house := filepath.Join(t.TempDir(), "house")
	link(t, home, house)
	for _, file := range []string{"scans/scan.yaml", "repo/deep/scan.yaml", "scan.yaml"} {
		r := RepositoryOf(filepath.Join(home, file), home+"/")
		_, _, err := r.Open(filepath.Join(home, ".ssh/id"))
		if err == nil || !strings.Contains(err.Error(), "--confine lets nothing be read there") {
			t.Errorf("of %s a key is read: %v", file, err)
		}
	}
	scans := RepositoryOf(filepath.Join(home, "scans/scan.yaml"), home)
	if scans.named != filepath.Join(home, "scans") || !strings.Contains(scans.outside("is").Error(), "but the home folder itself") {
		t.Errorf("scans are in %s, and it %v", scans.named, scans.outside("is"))
	}
	if r := RepositoryOf(filepath.Join(home, "repo/deep/scan.yaml"), home); r.named != filepath.Join(home, "repo") {
		t.Errorf("a repository at home is %s", r.named)
	}
	if r := RepositoryOf(filepath.Join(house, "scan.yaml"), home); r.none != isHome {
		t.Errorf("home by another path is %q", r.named)
	}
	if err := RepositoryOf("/scan.yaml", "").Folder("/etc"); err != isRoot { //nolint:errorlint // it wraps nothing
		t.Errorf("of a scan file in / is told: %v", err)
	}
}

func TestBesidesARepositoryOneFileIsOpened(t *testing.T) {
	dir, repo := lay(t)
	files := Besides(RepositoryOf(filepath.Join(repo, "scans/scan.yaml"), ""), filepath.Join(dir, "secret"))
	f, _, err := files.Open(filepath.Join(dir, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, _, err := files.Open(filepath.Join(dir, "repository")); err == nil {
		t.Error("another one is opened, too")
	}
	if files.Folder(dir) == nil {
		t.Error("the folder that it is in may be used")
	}
}

// TestALinkThatComesBetweenIsNotFollowed has find's answer become a link out of the
// repository before it is opened.
func TestALinkThatComesBetweenIsNotFollowed(t *testing.T) {
	_, repo := lay(t)
	r := RepositoryOf(filepath.Join(repo, "scans/scan.yaml"), "")
	for _, path := range []string{"lists/targets", "lists"} {
		root, inside, err := r.find(filepath.Join(repo, "lists/targets"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(repo, path)); err != nil {
			t.Fatal(err)
		}
		link(t, "../../secret", filepath.Join(repo, path))
		if f, err := root.OpenFile(inside, os.O_RDONLY|syscall.O_NOFOLLOW, 0); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: opened %v, %v", path, f, err)
		}
		root.Close()
		if err := os.RemoveAll(filepath.Join(repo, path)); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(repo, "lists/targets"), "web1")
	}
}
