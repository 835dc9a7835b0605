package host

import (
	"context"
	_ "embed"
	"fmt"
	"path"
	"strings"
)

//go:embed digest.sh
var digestScript string

//go:embed find.sh
var findScript string

//go:embed deploy.sh
var deployScript string

//go:embed settle.sh
var settleScript string

// Deploy makes sure that a binary is on the host, and gives its path there:
// ~/.cache/scanmaster/SHA256/scanmaster. One that is there already is checked;
// a copy appears whole or not at all, so that hosts with one home don't
// disturb each other, is run once, and takes the place of those that have not
// been used for a month.
func (h *Host) Deploy(ctx context.Context, b Binary) (string, error) {
	folder, found, err := h.deployed(ctx, deployScript, b)
	if err != nil {
		return "", err
	}
	binary := path.Join(folder, "scanmaster")
	if found {
		return binary, nil
	}
	content, err := b.Open()
	if err != nil {
		return "", err
	}
	defer content.Close()
	if err := h.conn.Upload(ctx, binary, 0o700, content); err != nil {
		return "", fmt.Errorf("copy the binary: %w", err)
	}
	switch _, found, err = h.deployed(ctx, deployScript, b); {
	case err != nil:
		return "", err
	case !found:
		return "", fmt.Errorf("%s is not what was copied there: is the disk full, or the file changed meanwhile?", binary)
	}
	a, err := h.ask(ctx, settleScript, vars{"binary": binary})
	if err != nil {
		return "", fmt.Errorf("run %s version: %w", binary, err)
	}
	h.log("copied to %s: %s", binary, a[wordsKey])
	return binary, nil
}

// Find gives the path of a binary that Deploy has brought to the host; empty
// where that very binary isn't there. Nothing is touched.
func (h *Host) Find(ctx context.Context, b Binary) (string, error) {
	folder, found, err := h.deployed(ctx, findScript, b)
	if err != nil || !found {
		return "", err
	}
	return path.Join(folder, "scanmaster"), nil
}

// deployed gives the binary's folder on the host, and whether the very same
// binary is in it, by the answer to a script.
func (h *Host) deployed(ctx context.Context, script string, b Binary) (folder string, found bool, err error) {
	a, err := h.ask(ctx, digestScript+script, vars{"sum": b.SHA256})
	if err != nil {
		return "", false, fmt.Errorf("look for the binary: %w", err)
	}
	folder = a["folder"]
	if !strings.HasPrefix(folder, "/") || path.Base(folder) != b.SHA256 {
		return "", false, fmt.Errorf("%w: folder is %.80q", errAnswer, folder)
	}
	return folder, a["found"] == b.SHA256, nil
}
