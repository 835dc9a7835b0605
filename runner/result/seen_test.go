package result

import (
	"slices"
	"testing"
)

func TestALineIsSeenOnce(t *testing.T) {
	var s Seen
	for _, line := range []int64{1, 64, 65, 1000} {
		if s.Has(line) || !s.Add(line) || !s.Has(line) || s.Add(line) {
			t.Errorf("line %d was not new once", line)
		}
	}
	if s.Count() != 4 || s.max() != 1000 {
		t.Errorf("%d lines up to %d, want 4 up to 1000", s.Count(), s.max())
	}
	s.drop(1000)
	s.drop(999)
	if s.Count() != 3 || s.max() != 65 {
		t.Errorf("after a drop %d lines up to %d, want 3 up to 65", s.Count(), s.max())
	}
}

func TestWhatIsNoLineIsNeverSeen(t *testing.T) {
	var s Seen
	for _, line := range []int64{0, -1, maxLine + 1, 1 << 62} {
		if s.Add(line) || s.Has(line) {
			t.Errorf("%d was taken for a line", line)
		}
	}
	if s.Count() != 0 || s.max() != 0 {
		t.Errorf("%d lines up to %d in an empty set", s.Count(), s.max())
	}
}

func TestMissingLinesComeInOrder(t *testing.T) {
	var s Seen
	for line := int64(1); line <= 200; line++ {
		if line%64 != 0 {
			s.Add(line)
		}
	}
	for _, c := range []struct {
		n    int64
		want []int64
	}{
		{0, nil},
		{63, nil},
		{64, []int64{64}},
		{200, []int64{64, 128, 192}},
		{203, []int64{64, 128, 192, 201, 202, 203}},
	} {
		if got := slices.Collect(s.Missing(c.n)); !slices.Equal(got, c.want) {
			t.Errorf("missing of %d: %v, want %v", c.n, got, c.want)
		}
	}
	for line := range s.Missing(1 << 40) {
		if line != 64 {
			t.Errorf("first missing is %d, want 64", line)
		}
		break
	}
}
