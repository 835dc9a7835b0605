package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"

	"scanmaster/runner"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// background is a master that was left in the background. What it says goes to
// its log, and until its workers work also to the master in the foreground.
type background struct {
	plan plan.Plan
	// early is the path of the log that it was started with.
	early string

	mu     sync.Mutex
	orders *json.Decoder
	frames *json.Encoder // nil once the workers work
	files  []*os.File    // theirs
	said   bytes.Buffer  // all of it, until log is the one in the run's folder
	log    io.Writer
	moved  *os.File // the log in the run's folder
}

// toBackground reads the plan that the master in the foreground hands over, and
// has all that is said from now on go both ways.
func (a *app) toBackground(early string) (*background, error) {
	orders, frames := os.NewFile(ordersFile, "orders"), os.NewFile(framesFile, "frames")
	// No worker or hook is to hold them open.
	syscall.CloseOnExec(ordersFile)
	syscall.CloseOnExec(framesFile)
	b := &background{
		early: early, orders: json.NewDecoder(orders), frames: json.NewEncoder(frames),
		files: []*os.File{orders, frames}, log: a.stderr,
	}
	if err := b.orders.Decode(&b.plan); err != nil {
		return nil, fmt.Errorf("--%s is not for you to give: %w", backgroundFlag, err)
	}
	a.stdout = tellers{b, func(text string) frame { return frame{Stdout: text} }}
	a.stderr = tellers{b, func(text string) frame { return frame{Stderr: text} }}
	return b, nil
}

// tellers is a standard output of a master in the background.
type tellers struct {
	*background
	frame func(text string) frame
}

func (t tellers) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.moved == nil {
		t.said.Write(text)
	}
	t.send(t.frame(string(text)))
	return t.log.Write(text)
}

// send tells the master in the foreground, which may be gone. The lock is held.
func (b *background) send(f frame) {
	if b.frames != nil {
		_ = b.frames.Encode(f)
	}
}

// errUnasked tells that a secret is needed, and nobody can be asked any more.
var errUnasked = errors.New("a master in the background can't ask for it; use an ssh-agent, or a key without a passphrase")

// ask asks for a secret on the terminal of the master in the foreground, as long
// as there is one.
func (b *background) ask(prompt string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.frames == nil {
		return "", errUnasked
	}
	b.send(frame{Ask: prompt})
	var a answer
	if err := b.orders.Decode(&a); err != nil {
		return "", errUnasked
	}
	if a.Err != "" {
		return "", errors.New(a.Err)
	}
	return a.Secret, nil
}

// reporter has the log move to the run's folder as soon as there is one that is
// this master's, and lets the master in the foreground go when workers work.
func (b *background) reporter(next runner.Reporter) runner.Reporter { return follower{b, next} }

type follower struct {
	*background
	next runner.Reporter
}

// Report implements runner.Reporter.
func (f follower) Report(e runner.Event) {
	f.next.Report(e)
	switch e.(type) {
	case runner.StepStarted, runner.StepDone: // the run is owned
		f.move()
	}
	if launched(e) {
		f.letGo()
	}
}

// move has the log go on in the run's hidden folder, where whoever sees the
// share can read it. Where it can't be there it stays where it is.
func (b *background) move() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.moved != nil {
		return
	}
	log, err := openMasterLog(b.plan.Layout)
	if err != nil {
		return
	}
	if _, err := log.Write(b.said.Bytes()); err != nil {
		_ = log.Close() // it is of no use
		return
	}
	b.said.Reset()
	b.moved, b.log = log, log
}

// openMasterLog opens the log in a run's hidden folder, which is there where an
// earlier master was in the background, too.
func openMasterLog(l job.Layout) (*os.File, error) {
	base, err := share.Open(l.Dir)
	if err != nil {
		return nil, err
	}
	folder, err := base.Sub(job.ChunkedDir, l.Name, job.RunPrefix+l.Run)
	if err = errors.Join(err, base.Close()); err != nil {
		return nil, err
	}
	defer folder.Close()
	log, err := folder.Create(job.MasterLog)
	if errors.Is(err, fs.ErrExist) {
		return folder.OpenFile(job.MasterLog, os.O_WRONLY|os.O_APPEND)
	}
	return log, err
}

// letGo lets the master in the foreground end.
func (b *background) letGo() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.frames == nil {
		return
	}
	log := b.early
	if b.moved != nil {
		log = b.plan.Layout.MasterLog()
	}
	b.send(frame{Log: log})
	b.frames = nil
	for _, f := range b.files {
		_ = f.Close() // nothing is to be heard or said there any more
	}
}

// end removes the first log where all of it stands in the second.
func (b *background) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.moved != nil {
		_ = os.Remove(b.early) // it does no harm
	}
}
