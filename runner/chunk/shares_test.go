package chunk_test

import (
	"slices"
	"testing"

	"scanmaster/runner/chunk"
)

func TestLinesAreDealtEvenly(t *testing.T) {
	for _, c := range []struct {
		lines   int64
		workers int
		want    []int64
	}{
		{20, 3, []int64{7, 7, 6}},
		{23, 3, []int64{8, 8, 7}},
		{1000, 7, []int64{143, 143, 143, 143, 143, 143, 142}},
		{3, 5, []int64{1, 1, 1}},
		{1, 1, []int64{1}},
		{0, 3, nil},
		{0, 0, nil},
		{5, 0, nil},
		{-1, 2, nil},
		{5, -1, nil},
	} {
		if got := chunk.Sizes(c.lines, c.workers); !slices.Equal(got, c.want) {
			t.Errorf("Sizes(%d, %d) = %v, want %v", c.lines, c.workers, got, c.want)
		}
	}
}

func TestSizesAddUpAndDifferByOneAtTheMost(t *testing.T) {
	for lines := range int64(200) {
		for workers := 1; workers <= 40; workers++ {
			sizes := chunk.Sizes(lines, workers)
			var sum int64
			for _, size := range sizes {
				sum += size
			}
			if sum != lines || int64(len(sizes)) != min(lines, int64(workers)) {
				t.Fatalf("Sizes(%d, %d) = %v", lines, workers, sizes)
			}
			if len(sizes) > 0 && (slices.Min(sizes) < 1 || slices.Max(sizes)-slices.Min(sizes) > 1) {
				t.Fatalf("Sizes(%d, %d) = %v", lines, workers, sizes)
			}
		}
	}
}

func TestChunksHaveTheNamesThatSplitGives(t *testing.T) {
	for n, want := range map[int][2]string{
		1: {"xaa", "xaa"}, 2: {"xaa", "xab"}, 27: {"xaa", "xba"}, 676: {"xaa", "xzz"},
		677: {"xaaa", "xbaa"}, 17576: {"xaaa", "xzzz"}, 17577: {"xaaaa", "xbaaa"},
	} {
		names := chunk.Names(n)
		if len(names) != n || names[0] != want[0] || names[n-1] != want[1] {
			t.Errorf("Names(%d): %d from %s to %s, want %v", n, len(names), names[0], names[len(names)-1], want)
		}
		if !slices.IsSorted(names) || len(slices.Compact(names)) != n {
			t.Errorf("Names(%d) are not sorted, or not unique", n)
		}
	}
	for _, n := range []int{0, -1} {
		if names := chunk.Names(n); len(names) != 0 {
			t.Errorf("Names(%d) = %v", n, names)
		}
	}
}

func TestNamesGoOnAfterTheLast(t *testing.T) {
	for last, want := range map[string]string{
		"xaa": "xab", "xaz": "xba", "xzy": "xzz", "xzz": "xzza", "xzza": "xzzb", "xzzz": "xzzza", "xaaz": "xaba",
	} {
		if got := chunk.After(last); got != want || got <= last {
			t.Errorf("after %s comes %s, want %s", last, got, want)
		}
	}
	names := chunk.Names(700)
	for i, name := range names[1:] {
		if got := chunk.After(names[i]); got != name {
			t.Fatalf("after %s comes %s, want %s", names[i], got, name)
		}
	}
}

func TestLinesAreDealtByWeights(t *testing.T) {
	for _, c := range []struct {
		lines   int64
		weights []float64
		want    []int64
	}{
		{100, []float64{1, 1}, []int64{50, 50}},
		{100, []float64{1, 3}, []int64{25, 75}},
		{10, []float64{1, 1, 1}, []int64{3, 4, 3}},
		{1, []float64{1, 100}, []int64{0, 1}},
		{0, []float64{1, 1}, []int64{0, 0}},
		{7, []float64{0.1}, []int64{7}},
	} {
		if got := chunk.Weigh(c.lines, c.weights); !slices.Equal(got, c.want) {
			t.Errorf("Weigh(%d, %v) = %v, want %v", c.lines, c.weights, got, c.want)
		}
	}
}
