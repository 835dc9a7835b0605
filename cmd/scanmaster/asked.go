package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"time"

	"scanmaster/cmd/internal/render"
	"scanmaster/cmd/internal/report"
	"scanmaster/runner"
	"scanmaster/runner/job"
)

// bearAsking has the signals that ask a master not end it where it can't answer:
// while it reads the scan file, and when it has come to its end.
func bearAsking() { signal.Notify(make(chan os.Signal, 1), askSignals...) }

// whenAsked shows people how a run stands whenever the process gets the signal
// that asks for it (SIGUSR1, and SIGINFO where it is), until stop is called.
// Between has something written that doesn't mix with what else is.
func (a *app) whenAsked(l job.Layout, scan string, between func(func(io.Writer) error) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, askSignals...)
	var answering sync.WaitGroup
	answering.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-asked:
			}
			// The share may hang, and a scan must be able to end all the same.
			limit, done := context.WithTimeout(ctx, hangs)
			err := a.answer(limit, l, scan, between)
			if done(); err != nil {
				_ = between(func(w io.Writer) error { // there is nobody else to tell
					_, err := fmt.Fprintf(w, "how far it is can't be told: %v\n", err)
					return err
				})
			}
		}
	})
	return func() {
		signal.Stop(asked)
		cancel()
		answering.Wait()
	}
}

func (a *app) answer(ctx context.Context, l job.Layout, scan string, between func(func(io.Writer) error) error) error {
	s, err := runner.ReadStatus(ctx, l)
	if err != nil {
		return err
	}
	if s.Run != l.Run {
		return errors.New("it only gets ready")
	}
	return between(func(w io.Writer) error { return render.Status(w, s, nextStep(s, scan)) })
}

// besides is what a master shows people while its events go elsewhere.
func (a *app) besides() *report.Text { return &report.Text{Out: a.stderr, Now: time.Now} }
