package job

import (
	"math"
	"testing"
)

func TestACeilingIsSharedOutEvenly(t *testing.T) {
	all := &Rate{All: 200}
	if all.check() == nil {
		t.Error("one that isn't shared out is taken")
	}
	shared := all.Among(4)
	if err := shared.check(); err != nil || shared.Share() != 50 || all.Workers != 0 {
		t.Errorf("%+v: %g each, %v", shared, shared.Share(), err)
	}
	if got := all.Among(0); got.Share() != 200 {
		t.Errorf("for nobody: %+v", got)
	}
	if none := (*Rate)(nil); none.Among(3) != nil || none.check() != nil {
		t.Error("no ceiling is one")
	}
	for _, bad := range []float64{0, -1, math.NaN()} {
		if (&Rate{All: bad, Workers: 1}).check() == nil {
			t.Errorf("%g a second is taken", bad)
		}
	}
}
