package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"scanmaster/cmd/internal/safe"
	"scanmaster/cmd/internal/tty"
	"scanmaster/runner"
	"scanmaster/runner/host"
)

// errNoConfirmation tells that nobody is there who could confirm a key.
var errNoConfirmation = errors.New("somebody has to confirm it, and there is no terminal")

// workerKeys asks worker hosts for their keys, and gives the lines of those that
// somebody confirms. Where there is no terminal no host is asked.
func (a *app) workerKeys(ctx context.Context, hosts []string) (lines []string, rest []unrecorded, err error) {
	for _, name := range hosts {
		if a.asker() == nil {
			rest = append(rest, unrecorded{name, errNoConfirmation})
			continue
		}
		key, err := runner.HostKey(ctx, name, a.config(nil, false))
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		if err == nil {
			err = a.confirm(name, key)
		}
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		if err != nil {
			rest = append(rest, unrecorded{name, err})
			continue
		}
		lines = append(lines, key.Line)
	}
	return lines, rest, nil
}

// confirm has whoever sits at the terminal judge a host's key, as ssh(1) does: by
// yes, or by its fingerprint.
func (a *app) confirm(name string, key host.Key) error {
	known := "No known_hosts of yours has it."
	if key.Known {
		known = "Your known_hosts has it, too."
	}
	text := fmt.Sprintf("%s (%s) shows this host key:\n  %s %s\n%s\n", safe.Line(name, 0), safe.Line(key.Address, 0),
		safe.Line(key.Type, 0), key.Fingerprint, known)
	for {
		said, err := tty.ReadLine(text+"Is it that host's? (yes/no/fingerprint) ", a.ended)
		switch said = strings.TrimSpace(said); {
		case errors.Is(err, tty.ErrNone):
			return errNoConfirmation
		case errors.Is(err, io.EOF) || strings.EqualFold(said, "no"):
			return errUnconfirmed
		case err != nil:
			return err
		case strings.EqualFold(said, "yes"), said == key.Fingerprint:
			return nil
		case strings.HasPrefix(said, "SHA256:"):
			text = "That is another one.\n"
		default:
			text = ""
		}
	}
}
