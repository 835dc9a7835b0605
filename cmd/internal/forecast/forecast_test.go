package forecast_test

import (
	"math"
	"testing"
	"time"

	"scanmaster/cmd/internal/forecast"
	"scanmaster/runner"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// at is so many seconds after noon.
func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// works is a worker at a chunk of 1,000 targets.
func works(name string, done int64, rate float64) runner.ChunkStatus {
	return runner.ChunkStatus{Worker: name, State: runner.ChunkWorks, Lines: 1000, Done: done, Rate: rate}
}

// watched is a forecast of 100 seconds at 10 targets a second, of 3,000, with a crew.
func watched(crew ...runner.ChunkStatus) *forecast.Forecast {
	f := new(forecast.Forecast)
	for i := range 101 {
		f.See(at(i), runner.Progress{Done: int64(10 * i), Of: 3000, Crew: crew})
	}
	return f
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.01*math.Abs(b) }

func TestARateIsToldWhenARunWasWatchedForAWhile(t *testing.T) {
	f := new(forecast.Forecast)
	if o := f.At(noon); o.IsKnown || o.Rate != 0 {
		t.Errorf("before anything was seen: %+v", o)
	}
	f.See(noon, runner.Progress{Done: 5000, Of: 9000}) // what an earlier master had
	f.See(at(1), runner.Progress{Done: 5100, Of: 9000})
	if o := f.At(at(1)); o.IsKnown || o.Rate != 0 {
		t.Errorf("after a second: %+v", o)
	}
	f.See(at(2), runner.Progress{Done: 5200, Of: 9000})
	if o := f.At(at(2)); !near(o.Rate, 100) || !o.IsKnown || !near(o.Left.Seconds(), 38) {
		t.Errorf("after two: %+v, want 100 a second, and 38 s", o)
	}
}

func TestARateFollowsAndIsSmooth(t *testing.T) {
	f := watched()
	f.See(at(101), runner.Progress{Done: 1000 + 200, Of: 3000})
	if o := f.At(at(101)); o.Rate < 10 || o.Rate > 20 {
		t.Errorf("one second of 200 has it say %v", o.Rate)
	}
	f = watched()
	for i := 101; i <= 160; i++ {
		f.See(at(i), runner.Progress{Done: 1000 + int64(i-100), Of: 3000})
	}
	if o := f.At(at(160)); o.Rate > 3 || o.Rate < 1 {
		t.Errorf("a minute of 1 a second has it say %v", o.Rate)
	}
}

// TestALogSeesTheSame has a report a minute only.
func TestALogSeesTheSame(t *testing.T) {
	f := new(forecast.Forecast)
	for i := range 5 {
		f.See(at(60*i), runner.Progress{Done: int64(600 * i), Of: 3000})
	}
	if o := f.At(at(240)); !near(o.Rate, 10) || !near(o.Left.Seconds(), 60) {
		t.Errorf("%+v, want 10 a second, and a minute", o)
	}
}

func TestACountThatGoesBackIsNoRateBelowZero(t *testing.T) {
	f := watched()
	f.See(at(101), runner.Progress{Done: 10, Of: 3000})
	if o := f.At(at(101)); o.Rate <= 0 || o.Rate > 10 {
		t.Errorf("%v a second", o.Rate)
	}
}

func TestTheEndWaitsForTheSlowestWorker(t *testing.T) {
	for name, c := range map[string]struct {
		crew      []runner.ChunkStatus
		left      float64 // seconds; negative where it can't be told
		straggler string
		others    float64
	}{
		"all alike":            {[]runner.ChunkStatus{works("a", 500, 5), works("b", 500, 5)}, 200, "", 0},
		"one is late":          {[]runner.ChunkStatus{works("a", 500, 5), works("b", 500, 1), works("c", 500, 4)}, 500, "b", 125},
		"two are late":         {[]runner.ChunkStatus{works("a", 500, 5), works("b", 500, 1), works("c", 500, 1.1)}, 500, "", 0},
		"late by a few":        {[]runner.ChunkStatus{works("a", 995, 5), works("b", 980, 5)}, 200, "", 0},
		"alone is no last":     {[]runner.ChunkStatus{works("a", 500, 1)}, 500, "", 0},
		"the last that works":  {[]runner.ChunkStatus{{Worker: "a", State: runner.ChunkDone, Lines: 9, Done: 9}, works("b", 500, 1)}, 500, "b", 0},
		"one has just begun":   {[]runner.ChunkStatus{works("a", 0, 0), works("b", 500, 1)}, -1, "", 0},
		"one gives no sign":    {[]runner.ChunkStatus{{Worker: "a", State: runner.ChunkQuiet, Lines: 1000, Rate: 4}, works("b", 500, 1)}, -1, "", 0},
		"one has all but hung": {[]runner.ChunkStatus{works("a", 0, 0.001), works("b", 500, 1)}, -1, "", 0},
		"a hook is all":        {[]runner.ChunkStatus{{Worker: "a", State: runner.ChunkEnds, Lines: 9, Done: 9}, works("b", 500, 5)}, 200, "b", 0},
	} {
		o := watched(c.crew...).At(at(100))
		if o.IsKnown != (c.left >= 0) || o.IsKnown && !near(o.Left.Seconds(), c.left) {
			t.Errorf("%s: %v is left, %v", name, o.Left, o.IsKnown)
		}
		if o.Straggler != c.straggler || !near(o.Others.Seconds(), c.others) && c.others != 0 {
			t.Errorf("%s: the last is %q, the others take %v", name, o.Straggler, o.Others)
		}
	}
}

func TestWhatWaitsGoesToThoseThatAreFree(t *testing.T) {
	f := new(forecast.Forecast)
	for i := range 11 {
		f.See(at(i), runner.Progress{Done: int64(10 * i), Of: 3000, Waiting: 7, Crew: []runner.ChunkStatus{works("a", 500, 5), works("b", 0, 0.1)}})
	}
	if o := f.At(at(10)); o.Straggler != "" || !near(o.Left.Seconds(), 290) {
		t.Errorf("%+v", o)
	}
}

func TestTheCrewStaysWhereAReportHasNone(t *testing.T) {
	f := watched(works("a", 500, 5))
	f.See(at(101), runner.Progress{Done: 1010, Of: 3000})
	if o := f.At(at(111)); len(o.Crew) != 1 || o.Silence != 10*time.Second || !near(o.Crew[0].Left.Seconds(), 100) {
		t.Errorf("%+v", o)
	}
}

func TestAWorkerThatHasDoneNoneForAWhileIsStalled(t *testing.T) {
	f := watched(works("a", 500, 5), works("b", 500, 0))
	for _, w := range f.At(at(100)).Crew {
		if !w.IsStalled() || w.Still != 100*time.Second {
			t.Errorf("%s has done none in %v", w.Worker, w.Still)
		}
	}
	f.See(at(101), runner.Progress{Done: 1010, Of: 3000, Crew: []runner.ChunkStatus{works("a", 501, 5), works("b", 500, 0)}})
	crew := f.At(at(111)).Crew
	if crew[0].IsStalled() || crew[0].Still != 10*time.Second || !crew[1].IsStalled() {
		t.Errorf("%+v", crew)
	}
}

// TestWhatIsOldOfWorkersSaysNothingOfTheEnd has the end of a chunk told of a minute
// after the workers were.
func TestWhatIsOldOfWorkersSaysNothingOfTheEnd(t *testing.T) {
	f := watched(works("a", 500, 5), works("b", 500, 1))
	for i := 110; i <= 140; i += 10 {
		f.See(at(i), runner.Progress{Done: int64(10 * i), Of: 3000})
	}
	if o := f.At(at(140)); !o.IsKnown || o.Straggler != "" || !near(o.Left.Seconds(), 160) {
		t.Errorf("%+v", o)
	}
}
