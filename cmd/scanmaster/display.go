package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"scanmaster/cmd/internal/live"
	"scanmaster/cmd/internal/report"
	"scanmaster/cmd/internal/tty"
	"scanmaster/runner/host"
	"scanmaster/runner/job"
)

// eventsText shows events on standard error: above a live block where that is a
// terminal that can be drawn on. Stop, which is called once, takes the block away.
func (a *app) eventsText() (text *report.Text, stop func()) {
	text = &report.Text{Out: a.stderr, Now: time.Now}
	f, ok := a.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || a.getenv("TERM") == "dumb" {
		return text, text.End
	}
	colour := a.getenv("NO_COLOR") == ""
	text.Window = func() live.Window {
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil {
			width, height = 0, 0
		}
		return live.Window{Width: width, Height: height, Colour: colour, Away: !tty.IsForeground(f)}
	}
	quit := make(chan struct{})
	var drawing sync.WaitGroup
	drawing.Go(func() { a.keepDrawn(text, quit) })
	return text, func() {
		close(quit)
		drawing.Wait()
		text.End()
	}
}

// keepDrawn draws the block when it is due, and when the window has changed. The
// second signal takes it away: the third ends the program at once, and is to leave
// the terminal as it was.
func (a *app) keepDrawn(text *report.Text, quit <-chan struct{}) {
	tick := time.NewTicker(report.RefreshEvery)
	defer tick.Stop()
	resized, stopped := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	signal.Notify(stopped, syscall.SIGTSTP)
	defer signal.Stop(stopped)
	for {
		select {
		case <-quit:
			return
		case <-a.cut:
			text.End()
			return
		case <-stopped:
			suspend(text)
		case <-tick.C:
		case <-resized:
		}
		text.Refresh()
	}
}

// suspend has ^Z do what it does, with the terminal as it was.
func suspend(text *report.Text) {
	defer text.Pause()()
	_ = tty.Suspend() // it goes on
}

// alone has who asks on the terminal have it alone.
func alone(text *report.Text, ask func(string) (string, error)) func(string) (string, error) {
	return func(prompt string) (string, error) {
		defer text.Pause()()
		return ask(prompt)
	}
}

// attach is runner.Config's.
type attach = func(context.Context, *host.Host, job.Layout, string) error

// aloneAttached has the session of a worker have the terminal alone. Without a
// terminal there is none.
func aloneAttached(text *report.Text, hand attach) attach {
	if hand == nil {
		return nil
	}
	return func(ctx context.Context, h *host.Host, l job.Layout, chunk string) error {
		defer text.Pause()()
		return hand(ctx, h, l, chunk)
	}
}
