package sweep

import (
	"context"
	"errors"

	"scanmaster/runner/result"
	"scanmaster/runner/share"
	"scanmaster/runner/worker"
)

// Ledger keeps what comes of targets, and counts it.
type Ledger interface {
	worker.Ledger
	Tally() result.Tally
}

// Check runs the script on all targets and adds what comes of them to the classic
// files in Out, as checkhosts does. With instead, that takes it in the place of the
// files; it stays its owner's. The tally counts what has come of them by then, beside
// an error too, and the errors are those of worker.Config.Sweep, or an *Incomplete.
func (c Config) Check(ctx context.Context, instead Ledger) (tally result.Tally, err error) {
	p, err := c.prepare(ctx)
	if err != nil {
		return tally, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	ledger := instead
	if instead == nil {
		dir, err := share.Open(p.out)
		if err != nil {
			return tally, err
		}
		defer dir.Close()
		files := result.NewClassic(result.Part{Out: dir, Lines: p.count})
		defer func() { err = errors.Join(err, files.Close()) }()
		ledger = files
	}
	err = c.sweep(ctx, p, ledger)
	return ledger.Tally(), err
}

// sweep goes through the list.
func (c Config) sweep(ctx context.Context, p *prepared, ledger Ledger) (err error) {
	keys, err := c.keys(p.out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.close()) }()
	all, err := p.targets()
	if err != nil {
		return err
	}
	err = c.Sweep(ctx, worker.Sweep{Targets: all, Script: p.script, Ledger: ledger, Keys: keys.KeysPlace, Console: c.Console})
	if err != nil {
		return err
	}
	return p.complete(ledger.Tally())
}
