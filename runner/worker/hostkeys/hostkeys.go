// Package hostkeys remembers the host keys of targets between runs, in files
// of OpenSSH's known_hosts format (sshd(8)), and looks them up by hash, since
// lists of targets are long.
package hostkeys

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"scanmaster/runner/remote"
	"scanmaster/runner/share"
)

// Policy says what is made of a host that no key is known of. One that shows
// another key than is known is refused by both.
type Policy int

// The policies, in the terms of StrictHostKeyChecking (ssh_config(5)).
const (
	// AcceptNew records the key.
	AcceptNew Policy = iota
	// Strict refuses it.
	Strict
)

// Config says where keys are known from.
type Config struct {
	// Dir holds the files of all workers. Each worker writes to one of its
	// own, named Own; nobody else may. Dir stays the caller's, and must stay
	// open until Close.
	Dir *share.Dir
	Own string
	// Files are the user's own known_hosts files.
	Files  []string
	Policy Policy
}

// Keys is what is known of targets. It implements remote.HostKeys. Whoever
// opened it closes it.
type Keys struct {
	cfg Config
	// lists are those of the files that hold hashed names, patterns,
	// authorities or revoked keys; nil where none does.
	lists *remote.KnownHostsFiles

	mu    sync.Mutex
	index *index
	// place is that of the own file in the index; end is where the next line
	// goes in it.
	place int
	end   ending
	own   *os.File // nil until it is needed
	// failed is what kept a key from being recorded.
	failed error
}

// Open reads all files. One that can't be read, or doesn't hold what it
// should, is an error that names it: a changed key could hide behind it.
func Open(cfg Config) (*Keys, error) {
	k := &Keys{cfg: cfg, index: newIndex()}
	names, err := k.sized()
	if err != nil {
		return nil, fmt.Errorf("known host keys: %w", err)
	}
	lists, err := k.readDir(names)
	if err != nil {
		return nil, fmt.Errorf("known host keys: %w", err)
	}
	for _, file := range cfg.Files {
		intricate, err := k.readFile(file)
		if err != nil {
			return nil, fmt.Errorf("known host keys: %w", err)
		}
		if intricate {
			lists = append(lists, file)
		}
	}
	k.index.settle()
	if len(lists) > 0 {
		if k.lists, err = remote.KnownHosts(lists...); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// sized gives the names of the files of all workers, and makes room for all keys:
// lists of many are long.
func (k *Keys) sized() (names []string, err error) {
	names, err = k.cfg.Dir.Names()
	if err != nil {
		return nil, err
	}
	var bytes int64
	for _, name := range names {
		if info, err := k.cfg.Dir.Lstat(name); err == nil { // else it can't be read, which says so
			bytes += info.Size()
		}
	}
	for _, file := range k.cfg.Files {
		if info, err := os.Stat(file); err == nil {
			bytes += info.Size()
		}
	}
	k.index.expect(bytes)
	return names, nil
}

// readDir reads what all workers have recorded. It gives the files that take
// more than an index.
func (k *Keys) readDir(names []string) (lists []string, err error) {
	for _, entry := range names {
		f, err := k.cfg.Dir.OpenFile(entry, os.O_RDONLY)
		if err != nil {
			return nil, err
		}
		path := k.cfg.Dir.Path(entry)
		r := reader{index: k.index, path: path, file: k.index.file(path), torn: true}
		err = errors.Join(r.read(f), f.Close())
		if err != nil {
			return nil, err
		}
		if r.intricate {
			lists = append(lists, path)
		}
		if entry == k.cfg.Own {
			k.end = r.end
		}
	}
	k.place = k.index.file(k.cfg.Dir.Path(k.cfg.Own))
	return lists, nil
}

func (k *Keys) readFile(path string) (intricate bool, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return false, err
	}
	r := reader{index: k.index, path: path, file: k.index.file(path)}
	err = errors.Join(r.read(f), f.Close())
	return r.intricate, err
}

// Close hands what was recorded to the disk. It also gives what kept a key
// from being recorded: a result of this host, that counts as one of the
// target's, is none to rely on.
func (k *Keys) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.own == nil {
		return k.failed
	}
	return errors.Join(k.failed, k.own.Sync(), k.own.Close(), k.cfg.Dir.Sync())
}
