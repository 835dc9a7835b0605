// Package saved keeps plans in files and compares them, so that what was reviewed
// is what is carried out.
package saved

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"scanmaster/cmd/internal/newfile"
	"scanmaster/runner/plan"
)

// FormatVersion is the version of the JSON that a plan is saved as. It grows when
// something is renamed or taken away; new members don't count.
const FormatVersion = 1

// maxFile is how long a saved plan may be, in bytes: those of a thousand workers
// have some three million.
const maxFile = 64 << 20

// digestPrefix names the algorithm of a digest.
const digestPrefix = "sha256:"

// ErrNoPlan tells that a file is no saved plan, and may be a scan file.
var ErrNoPlan = errors.New("it is no saved plan")

// Digest stands for all that a plan does: two plans with the same one have no
// Changes. It looks like "sha256:41d0e7c2…", with 64 digits.
func Digest(p plan.Plan) (string, error) {
	p.File = "" // the same file by another path
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return digestPrefix + hex.EncodeToString(sum[:]), nil
}

// ParseDigest takes what Digest gives.
func ParseDigest(text string) (string, error) {
	digits, ok := bytes.CutPrefix([]byte(text), []byte(digestPrefix))
	if raw, err := hex.DecodeString(string(digits)); !ok || err != nil || len(raw) != sha256.Size {
		return "", fmt.Errorf("%q is no digest of a plan: it is %s and %d digits, as plan --out says it", text, digestPrefix, 2*sha256.Size)
	}
	return digestPrefix + string(bytes.ToLower(digits)), nil
}

// Read reads a saved plan. The error is ErrNoPlan for another file, such as a scan
// file, and fs.ErrNotExist where there is none.
func Read(path string) (plan.Plan, error) {
	info, err := os.Stat(path)
	if err != nil {
		return plan.Plan{}, err
	}
	if !info.Mode().IsRegular() {
		return plan.Plan{}, ErrNoPlan // whoever reads it as something else says what is wrong
	}
	f, err := os.Open(path)
	if err != nil {
		return plan.Plan{}, err
	}
	defer f.Close()
	return ReadFrom(f, path)
}

// ReadFrom is Read for a file that somebody has opened, who closes it; path names it in
// errors.
func ReadFrom(f io.Reader, path string) (plan.Plan, error) {
	text, err := read(f)
	if err != nil {
		return plan.Plan{}, err
	}
	var head struct {
		FormatVersion *int             `json:"format_version"`
		Digest        string           `json:"digest"`
		Plan          *json.RawMessage `json:"plan"`
	}
	if err := json.Unmarshal(text, &head); err != nil || head.FormatVersion == nil || head.Plan == nil {
		return plan.Plan{}, ErrNoPlan
	}
	if *head.FormatVersion != FormatVersion {
		return plan.Plan{}, fmt.Errorf("%s has format_version %d, and this program knows %d: make it anew with scanmaster plan --out", path, *head.FormatVersion, FormatVersion)
	}
	var p plan.Plan
	if err := json.Unmarshal(*head.Plan, &p); err != nil {
		return plan.Plan{}, fmt.Errorf("%s is of another version of this program (%w): make it anew with scanmaster plan --out", path, err)
	}
	if digest, err := Digest(p); err != nil || digest != head.Digest {
		return plan.Plan{}, errors.Join(err, fmt.Errorf("%s doesn't have the digest that it names: it was changed, or is of another version of this program; "+
			"make it anew with scanmaster plan --out", path))
	}
	return p, nil
}

// kind is what looks like a saved plan from its beginning, where its version stands
// before all that may be long. A scan file may be JSON, too.
var kind = newfile.Kind{Name: "saved plan", Is: func(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) && bytes.Contains(head, []byte(`"format_version"`))
}}

// read reads a file that looks like a saved plan; of others no more than the
// beginning.
func read(f io.Reader) ([]byte, error) {
	head, err := io.ReadAll(io.LimitReader(f, newfile.HeadLength))
	if err != nil {
		return nil, err
	}
	if !kind.Is(head) {
		return nil, ErrNoPlan
	}
	rest, err := io.ReadAll(io.LimitReader(f, maxFile))
	return append(head, rest...), err
}

// Write saves the JSON of a plan as a file: whole, or not at all. What stands there
// is replaced where it is a saved plan, too.
func Write(path string, text []byte) error {
	file, err := newfile.Create(path, 0o644, kind)
	if err != nil {
		return err
	}
	if _, err = file.Write(text); err == nil {
		err = file.CloseAtomicallyReplace()
	}
	return errors.Join(err, file.Cleanup())
}
