package host

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Binary is a build of this program for a system.
type Binary struct {
	// OS and Arch are in Go's words.
	OS, Arch string
	// SHA256 of the content, as hexadecimal digits.
	SHA256 string
	// Open opens it; the caller closes what it gives.
	Open func() (io.ReadCloser, error)
}

// System is what the binary runs on, as "linux/amd64".
func (b Binary) System() string { return b.OS + "/" + b.Arch }

// ErrDynamic tells that a binary needs what worker hosts may not have.
var ErrDynamic = errors.New("it is dynamically linked, and may not run elsewhere: build it with CGO_ENABLED=0 go build")

// Self is the binary that runs now, from its path. The error is ErrDynamic for
// one that runs on no other host for sure.
func Self(path string) (Binary, error) { return inspect(path, runtime.GOOS, runtime.GOARCH) }

// From is the build for a system out of a folder of builds. The error is
// fs.ErrNotExist where there is none, ErrDynamic as of Self.
func From(dir, goos, goarch string) (Binary, error) {
	return inspect(filepath.Join(dir, buildName(goos, goarch)), goos, goarch)
}

// Builds lists the systems that a folder holds builds for, as "linux/amd64".
func Builds(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var systems []string
	for _, e := range entries {
		words := strings.Split(e.Name(), "_")
		if len(words) == 3 && e.Name() == buildName(words[1], words[2]) {
			systems = append(systems, words[1]+"/"+words[2])
		}
	}
	return systems, nil
}

// BuildPath is where a folder of builds holds the one for a system, as Builds
// names it.
func BuildPath(dir, system string) string {
	goos, goarch, _ := strings.Cut(system, "/")
	return filepath.Join(dir, buildName(goos, goarch))
}

// buildName is what a build is called in a folder of several.
func buildName(goos, goarch string) string { return "scanmaster_" + goos + "_" + goarch }

// inspect reads a binary that is said to be for a system.
func inspect(path, goos, goarch string) (Binary, error) {
	f, err := os.Open(path)
	if err != nil {
		return Binary{}, err
	}
	defer f.Close()
	if err := runsOn(f, goos, goarch); err != nil {
		return Binary{}, fmt.Errorf("%s: %w", path, err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return Binary{}, err
	}
	return Binary{
		OS: goos, Arch: goarch, SHA256: hex.EncodeToString(sum.Sum(nil)),
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
	}, nil
}

// machines are the words of ELF for Go's.
var machines = map[string]elf.Machine{
	"386": elf.EM_386, "amd64": elf.EM_X86_64, "arm": elf.EM_ARM, "arm64": elf.EM_AARCH64,
	"loong64": elf.EM_LOONGARCH, "ppc64": elf.EM_PPC64, "ppc64le": elf.EM_PPC64,
	"riscv64": elf.EM_RISCV, "s390x": elf.EM_S390,
}

// runsOn refuses a binary that won't run on a host of the system. Of systems
// without ELF it knows nothing.
func runsOn(r io.ReaderAt, goos, goarch string) error {
	if goos == "darwin" || goos == "windows" {
		return nil
	}
	f, err := elf.NewFile(r)
	if err != nil {
		return fmt.Errorf("no program of %s: %w", goos, err)
	}
	if want, ok := machines[goarch]; ok && f.Machine != want {
		return fmt.Errorf("it is for %v, not for %s", f.Machine, goarch)
	}
	if slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return ErrDynamic
	}
	return nil
}

// list names things for people.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
