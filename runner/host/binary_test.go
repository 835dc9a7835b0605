package host_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/host"
)

// build makes a program for a system, in the form that deploy_from has it.
func build(t *testing.T, dir, goos, goarch string) string {
	t.Helper()
	write(t, filepath.Join(dir, "go.mod"), "module x\n", 0o644)
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println() }\n", 0o644)
	name := "scanmaster_" + goos + "_" + goarch
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", name, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dir, name)
}

func TestABuildIsFoundByItsSystem(t *testing.T) {
	dir := t.TempDir()
	path := build(t, dir, "linux", "amd64")
	got, err := host.From(dir, "linux", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	content, err := got.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	data, err := io.ReadAll(content)
	if err != nil || got.SHA256 != binaryOf(string(data)).SHA256 || got.System() != "linux/amd64" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := host.From(dir, "linux", "arm64"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if err := os.Rename(path, filepath.Join(dir, "scanmaster_linux_arm64")); err != nil {
		t.Fatal(err)
	}
	if _, err := host.From(dir, "linux", "arm64"); err == nil || !strings.Contains(err.Error(), "not for arm64") {
		t.Errorf("got %v of a build under another's name", err)
	}
}

func TestBuildsAreListed(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"scanmaster_linux_arm64", "scanmaster_freebsd_amd64", "scanmaster", "checksums_a_b", "scanmaster_a_b_c"} {
		write(t, filepath.Join(dir, name), "", 0o755)
	}
	got, err := host.Builds(dir)
	if want := []string{"freebsd/amd64", "linux/arm64"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := host.Builds(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestOnlyAStaticProgramIsGivenToOthers(t *testing.T) {
	b, err := host.Self(build(t, t.TempDir(), runtime.GOOS, runtime.GOARCH))
	if err != nil || b.System() != runtime.GOOS+"/"+runtime.GOARCH {
		t.Errorf("got %+v, %v", b, err)
	}
	_, err = host.Self("/bin/sh")
	if !errors.Is(err, host.ErrDynamic) || !strings.Contains(err.Error(), "CGO_ENABLED=0 go build") {
		t.Errorf("got %v", err)
	}
	if _, err := host.Self(write(t, filepath.Join(t.TempDir(), "x"), "#!/bin/sh\n", 0o755)); err == nil {
		t.Error("a script passed for a program")
	}
}
