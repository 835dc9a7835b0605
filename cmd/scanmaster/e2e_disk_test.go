//go:build e2e

package main

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"scanmaster/cmd/internal/ground"
)

// tmpfsRoom is the size of a share that can run full, as tmpfs(5) has it: what a
// scan asks for, and some.
const tmpfsRoom = "100m"

// mountTmpfs gives a folder a file system of its own. It ends with the test.
func mountTmpfs(t *testing.T, at string) {
	t.Helper()
	ground.Run(t, "mount", "-t", "tmpfs", "-o", "mode=700,size="+tmpfsRoom, "tmpfs", at)
	t.Cleanup(func() {
		if err := unix.Unmount(at, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// fillDisk makes a file, or a larger one of it, that leaves no room on its file
// system.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var fs unix.Statfs_t
	if err := unix.Fstatfs(int(file.Fd()), &fs); err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	room, block := int64(fs.Bfree)*fs.Bsize, make([]byte, fs.Bsize)
	if room > 0 {
		// Others write meanwhile, so that it may be too much by now.
		_ = unix.Fallocate(int(file.Fd()), 0, info.Size(), room)
	}
	for err == nil {
		if info, err = file.Stat(); err != nil {
			t.Fatal(err)
		}
		_, err = file.WriteAt(block, info.Size())
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}
