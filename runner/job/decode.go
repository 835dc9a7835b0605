package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// DecodeFile reads a job file whose digest, as hexadecimal digits, must be the
// given one. What it doesn't understand whole it refuses.
func DecodeFile(data []byte, digest string) (File, error) {
	if got := Digest(data); got != digest {
		return File{}, fmt.Errorf("job file: its SHA-256 is %s and should be %q: somebody has changed it", got, digest)
	}
	var f File
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return File{}, fmt.Errorf("job file: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return File{}, errors.New("job file: something follows it")
	}
	if err := f.check(); err != nil {
		return File{}, fmt.Errorf("job file: %w", err)
	}
	return f, nil
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (f File) check() error {
	if f.Version != FileVersion {
		return fmt.Errorf("it is of version %d, and this worker knows version %d", f.Version, FileVersion)
	}
	if err := errors.Join(CheckRun(f.Run), CheckName(f.Name), f.Script.check()); err != nil {
		return err
	}
	if f.PostChunk != nil {
		if err := f.PostChunk.check(); err != nil {
			return err
		}
	}
	if err := f.checkChunks(); err != nil {
		return err
	}
	if t := f.Timeouts; t.Connect <= 0 || t.Banner <= 0 || t.Auth <= 0 || t.Run <= 0 || f.MaxOutput <= 0 {
		return errors.New("every phase needs a deadline, and the output a cap")
	}
	if t := f.Timeouts; t.Idle < 0 || t.Hook < 0 {
		return errors.New("a bound is below zero")
	}
	if err := f.checkRetry(); err != nil {
		return err
	}
	if err := f.Rate.check(); err != nil {
		return err
	}
	if f.PerSubnet < 0 {
		return errors.New("there are fewer than no targets of a subnet")
	}
	if f.MasterLease < 0 {
		return errors.New("the master's lease is below zero")
	}
	if f.Lease <= 0 || f.OnUnknown != Rerun && f.OnUnknown != Report {
		return errors.New("the worker needs a lease, and a word on what is in flight when it dies")
	}
	return f.checkCommand()
}

func (s Staged) check() error {
	if !filepath.IsAbs(s.Path) {
		return fmt.Errorf("%q is no absolute path", s.Path)
	}
	return checkDigest(s.SHA256)
}

func checkDigest(digest string) error {
	if !sha256Hex.MatchString(digest) {
		return fmt.Errorf("%q is no SHA-256", digest)
	}
	return nil
}

func (f File) checkChunks() error {
	for name, c := range f.Chunks {
		if !isSegment(name) || c.Lines < 0 {
			return fmt.Errorf("%q is no chunk", name)
		}
		if err := checkDigest(c.SHA256); err != nil {
			return fmt.Errorf("chunk %s: %w", name, err)
		}
	}
	return nil
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkCommand refuses what no command line and no environment can hold, and
// what JSON would make something else of.
func (f File) checkCommand() error {
	for name := range f.Env {
		if !envName.MatchString(name) {
			return fmt.Errorf("%q is no name of an environment variable", name)
		}
	}
	words := slices.Concat(f.Shell, f.Args, slices.Collect(maps.Values(f.Env)))
	if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "\x00") || !utf8.ValidString(w) }) {
		return errors.New("an argument holds NUL, or bytes that are no UTF-8")
	}
	return nil
}
