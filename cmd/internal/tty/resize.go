package tty

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"scanmaster/runner/remote"
)

// Resized gives each new size of the terminal until stop is called, which
// waits for that.
func (t *Terminal) Resized() (sizes <-chan remote.Size, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGWINCH)
	out, ended := make(chan remote.Size), make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		defer close(out)
		for {
			select {
			case <-ended:
				return
			case <-signals:
			}
			width, height, err := t.Size()
			if err != nil {
				continue // the old size is as good a guess as any
			}
			select {
			case <-ended:
				return
			case out <- remote.Size{Width: width, Height: height}:
			}
		}
	})
	return out, func() {
		signal.Stop(signals)
		close(ended)
		watching.Wait()
	}
}
