package job

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Encode gives the job file and its SHA-256 as hexadecimal digits. A file that
// no worker would take is an error already here.
func (f File) Encode() (data []byte, digest string, err error) {
	if err := f.check(); err != nil {
		return nil, "", fmt.Errorf("job file: %w", err)
	}
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
