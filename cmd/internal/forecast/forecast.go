// Package forecast tells from how far a run is, time and again, how fast it is
// and when it will end, and names the worker that the others will wait for. It
// is pure: the time is handed in.
package forecast

import (
	"time"

	"scanmaster/runner"
)

const (
	// halfLife is the age at which what was done counts half for the rate: long
	// enough to even out targets that hang, short enough to follow.
	halfLife = 20 * time.Second
	// least is how long a run must have been watched before its rate is told.
	least = 2 * time.Second
	// A straggler ends later than the second last by half again, and by
	// minMargin: at the end all are a bit apart.
	margin, minMargin = 1.5, 10 * time.Second
	// recent is how old what is known of the workers may be beside a report, for
	// the end to wait for one of them.
	recent = 10 * time.Second
	// far is what no forecast goes beyond: a worker that has all but stopped is
	// not known to end.
	far = 99 * time.Hour
)

// Forecast follows one run. The zero value is ready; it is for one goroutine.
type Forecast struct {
	last    runner.Progress
	crew    []runner.ChunkStatus // of the last report that had one, which came then
	manned  time.Time
	at      time.Time
	pace    pace
	watched time.Duration
	stands  map[string]stand // by worker
}

// stand is how far a worker was with a chunk when that last changed.
type stand struct {
	chunk string
	done  int64
	at    time.Time
}

// Outlook is what can be said of a run that goes on.
type Outlook struct {
	// Rate is how many targets get an outcome a second; 0 where that can't be
	// told yet.
	Rate float64
	// Left is the time until all targets have an outcome: as long as the run as a
	// whole takes at its rate, or the slowest of its workers where that is longer,
	// reckoned from the last report. IsKnown tells that it could be told.
	Left    time.Duration
	IsKnown bool
	// Straggler is the worker that will end last by a clear margin; empty where
	// there is none. Others is the time until all but that one have ended.
	Straggler string
	Others    time.Duration
	// Crew are the workers as of the last report that had them, in its order.
	Crew []Worker
	// Silence is how long ago the last report was.
	Silence time.Duration
}

// Worker is one of the crew, the time until its chunk is done, and how long it has
// done none.
type Worker struct {
	runner.ChunkStatus
	Left    time.Duration
	IsKnown bool
	Still   time.Duration
}

// stalled is how long a worker has done none when that is worth a word.
const stalled = 20 * time.Second

// IsStalled tells that a worker is at work and has done none for a while: what it
// has in hand may end at a deadline.
func (w Worker) IsStalled() bool { return w.State == runner.ChunkWorks && w.Still >= stalled }

// See takes a report in.
func (f *Forecast) See(at time.Time, p runner.Progress) {
	if !f.at.IsZero() {
		took := at.Sub(f.at)
		f.pace.see(p.Done-f.last.Done, took)
		f.watched += max(0, took)
	}
	f.last, f.at = p, at
	if p.Crew != nil {
		f.crew, f.manned = p.Crew, at
		f.stand(at)
	}
}

// stand takes down who has done some since.
func (f *Forecast) stand(at time.Time) {
	if f.stands == nil {
		f.stands = make(map[string]stand)
	}
	for _, c := range f.crew {
		if was, known := f.stands[c.Worker]; !known || was.chunk != c.Chunk || was.done != c.Done {
			f.stands[c.Worker] = stand{c.Chunk, c.Done, at}
		}
	}
}

// At says what can be said now.
func (f *Forecast) At(now time.Time) Outlook {
	o := Outlook{}
	if f.at.IsZero() {
		return o
	}
	o.Silence = max(0, now.Sub(f.at))
	if f.watched >= least {
		o.Rate = f.pace.rate()
	}
	for _, c := range f.crew {
		w := Worker{ChunkStatus: c, Still: now.Sub(f.stands[c.Worker].at)}
		w.Left, w.IsKnown = left(c)
		o.Crew = append(o.Crew, w)
	}
	o.Left, o.IsKnown = after(f.last.Of-f.last.Done, o.Rate)
	if f.last.Waiting > 0 || f.at.Sub(f.manned) > recent {
		return o // who is slow now gets less of what waits; and nobody is told of
	}
	o.slowest()
	return o
}

// slowest has the end wait for the slowest worker, and names it where it is late.
func (o *Outlook) slowest() {
	var last, second time.Duration
	name, all := "", len(o.Crew) > 1
	for _, w := range o.Crew {
		if !atWork(w.State) {
			continue
		}
		if !w.IsKnown {
			o.IsKnown, all = false, false // nobody can tell
			continue
		}
		if w.Left > last {
			last, second, name = w.Left, last, w.Worker
		} else {
			second = max(second, w.Left)
		}
	}
	o.Left = max(o.Left, last)
	if all && o.Rate > 0 && last-second >= minMargin && float64(last) >= margin*float64(second) {
		o.Straggler, o.Others = name, second
	}
}

// atWork tells the states in which a worker has something left to do.
func atWork(s runner.ChunkState) bool {
	return s == runner.ChunkWorks || s == runner.ChunkQuiet || s == runner.ChunkStarts
}

// left is the time until a worker has done its chunk. Of one that gives no sign it
// isn't known.
func left(c runner.ChunkStatus) (time.Duration, bool) {
	switch c.State {
	case runner.ChunkWorks:
		return after(c.Lines-c.Done, c.Rate)
	case runner.ChunkDone, runner.ChunkEnds:
		return 0, true
	}
	return 0, false
}

// after is the time in which so many are done at a rate; false where it can't be
// told.
func after(targets int64, rate float64) (time.Duration, bool) {
	if targets <= 0 {
		return 0, true
	}
	seconds := float64(targets) / rate
	if rate <= 0 || seconds > far.Seconds() {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}
