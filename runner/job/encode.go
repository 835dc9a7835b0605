package job

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
)

// Encode gives the job file and its SHA-256 as hexadecimal digits.
func (f File) Encode() (data []byte, digest string, err error) {
	data, err = json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, "", fmt.Errorf("job file: %w", err)
	}
	data = append(data, '\n')
	return data, Digest(data), nil
}

// Digest gives the SHA-256 of data as hexadecimal digits.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// DecodeFile reads a job file whose digest must be the given one.
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
	if err := errors.Join(CheckRun(f.Run), CheckName(f.Name)); err != nil {
		return err
	}
	digests := []string{f.Script.SHA256}
	if f.PostChunk != nil {
		digests = append(digests, f.PostChunk.SHA256)
	}
	for name, c := range f.Chunks {
		if !safeName.MatchString(name) || c.Lines < 0 {
			return fmt.Errorf("%q is no chunk", name)
		}
		digests = append(digests, c.SHA256)
	}
	for _, d := range digests {
		if !sha256Hex.MatchString(d) {
			return fmt.Errorf("%q is no SHA-256", d)
		}
	}
	if t := f.Timeouts; t.Connect <= 0 || t.Banner <= 0 || t.Auth <= 0 || t.Run <= 0 || f.MaxOutput <= 0 {
		return errors.New("every phase needs a deadline, and the output a cap")
	}
	return nil
}

// Encode gives the content of a .done file.
func (d DoneMark) Encode() []byte { return line(d) }

// ParseDone reads a .done file; false means that it is none of ours.
func ParseDone(data []byte) (DoneMark, bool) {
	var d DoneMark
	err := json.Unmarshal(data, &d)
	return d, err == nil && d.Run != ""
}

// Encode gives the content of a progress file.
func (p ProgressMark) Encode() []byte { return line(p) }

// ParseProgress reads a progress file; false means that it is none of ours.
func ParseProgress(data []byte) (ProgressMark, bool) {
	var p ProgressMark
	err := json.Unmarshal(data, &p)
	return p, err == nil && p.Run != ""
}

// line encodes a mark, none of which holds what JSON can't.
func line(mark any) []byte {
	data, err := json.Marshal(mark)
	if err != nil {
		panic("job: a mark that can't be encoded: " + err.Error())
	}
	return append(data, '\n')
}
