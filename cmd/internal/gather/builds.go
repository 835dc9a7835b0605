package gather

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"scanmaster/runner/host"
	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/open"
)

// Builds finds the binaries that a scan may run on its workers: this one, and
// those that it names a folder of, which are opened by from.
func Builds(scan *spec.Scan, f plan.Facts, self string, from open.Opener) ([]plan.Build, error) {
	sum, err := digest(open.Anywhere, self)
	if err != nil {
		return nil, err
	}
	all := []plan.Build{{System: plan.ThisBuild, SHA256: sum}}
	if found, there := f.Files[scan.DeployFrom]; !there || found.Problem != "" {
		return all, nil // none is named, or none is needed: the plan has been judged
	}
	folder := plan.Resolve(f.Base, f.Home, scan.DeployFrom)
	systems, err := host.Builds(folder)
	if err != nil {
		return nil, err
	}
	for _, system := range systems {
		if sum, err = digest(from, host.BuildPath(folder, system)); err != nil {
			return nil, fmt.Errorf("the build for %s in deploy_from: %w", system, err)
		}
		all = append(all, plan.Build{System: system, SHA256: sum})
	}
	return all, nil
}

// digest reads a file for its SHA-256, as hexadecimal digits.
func digest(from open.Opener, path string) (string, error) {
	f, _, err := from.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
}
