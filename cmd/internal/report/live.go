package report

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"scanmaster/cmd/internal/live"
	"scanmaster/runner"
)

const (
	// RefreshEvery is how often Refresh is to be called.
	RefreshEvery = 200 * time.Millisecond
	// calm is the least time between two drawings of the block: a thousand lines
	// at a time are not to draw it a thousand times.
	calm = 100 * time.Millisecond
	// stale is after how long it is drawn again though nothing has changed: time
	// passes on it.
	stale = time.Second
)

// block is the live block of a Text. The zero value is ready.
type block struct {
	screen live.Screen
	scene  live.Scene
	began  time.Time
	// drawn is when it was drawn last, on is the window that it was drawn for;
	// dirty tells that it isn't what it should be.
	drawn time.Time
	on    live.Window
	dirty bool
	// said is what is to be written above it: at once, or where others have the
	// terminal, as many as pauses, when they give it back.
	said   bytes.Buffer
	pauses int
	// over tells that there is no block any more.
	over bool
}

// isLive tells that there is a block, now or when the terminal is free again.
func (t *Text) isLive() bool { return t.Window != nil && !t.block.over }

// print writes what is safe to show. Nobody is left to tell of an error.
func (t *Text) print(text string) {
	if t.isLive() {
		t.block.said.WriteString(text)
		return
	}
	_, _ = io.WriteString(t.Out, text)
}

// follow has the block show what an event has changed.
func (t *Text) follow(e runner.Event) {
	b := &t.block
	if b.began.IsZero() {
		b.began = t.Now()
	}
	switch e := e.(type) {
	case runner.StepStarted:
		b.scene.Step = fmt.Sprintf("step %d of %d: %s", e.Number, e.Of, e.Name)
		b.scene.Progress = runner.Progress{}
	case runner.StepDone:
		b.scene.Step, b.scene.Progress = "", runner.Progress{}
	case runner.Ending:
		b.scene.Ending = true
	case runner.Progress:
		b.scene.Progress = e
	case runner.Finished, runner.Stopped:
		b.scene = live.Scene{}
	}
	b.dirty = true
}

// show writes what was said, and the block below, unless it was drawn just now.
func (t *Text) show() {
	b, now := &t.block, t.Now()
	if !t.isLive() || b.pauses > 0 {
		return
	}
	b.screen.Out = t.Out
	if !b.drawn.IsZero() && now.Sub(b.drawn) < calm {
		t.clear()
		return
	}
	b.on, b.drawn, b.dirty = t.Window(), now, false
	var lines []string
	if b.scene.Step != "" || b.scene.Progress.Workers > 0 {
		b.scene.Took, b.scene.Outlook = now.Sub(b.began), t.far.At(now)
		lines = live.Lines(b.scene, b.on)
	}
	b.screen.Show(b.said.String(), lines, b.on)
	b.said.Reset()
}

// clear writes what was said, if anything was, where the block was.
func (t *Text) clear() {
	b := &t.block
	if b.said.Len() > 0 {
		b.screen.Show(b.said.String(), nil, b.on)
		b.said.Reset()
		b.dirty = true
	}
}

// Refresh draws the block where it is due: when the window has another size, when
// what it says has changed, and as time passes.
func (t *Text) Refresh() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b := &t.block; t.isLive() && !b.began.IsZero() &&
		(b.dirty || t.Now().Sub(b.drawn) >= stale || t.Window() != b.on) {
		t.show()
	}
}

// Pause takes the block away until resume is called, so that somebody else can
// have the terminal. What is said meanwhile is shown then. Several may at a time.
func (t *Text) Pause() (resume func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.isLive() {
		return func() {}
	}
	t.hide()
	t.block.pauses++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.block.pauses--
		t.block.drawn = time.Time{}
		t.show()
	}
}

// hide takes the block away, whoever has the terminal.
func (t *Text) hide() {
	b := &t.block
	b.screen.Out = t.Out
	b.screen.Show(b.said.String(), nil, b.on)
	b.said.Reset()
	b.dirty = true
}

// Between has something else written to Out, between two lines.
func (t *Text) Between(write func(io.Writer) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.isLive() {
		return write(t.Out)
	}
	err := write(&t.block.said)
	t.block.drawn = time.Time{}
	t.show()
	return err
}

// End takes the block away for good, so that something else can be written. What
// is said later is lines alone.
func (t *Text) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.isLive() {
		t.hide()
		t.block.over = true
	}
}
