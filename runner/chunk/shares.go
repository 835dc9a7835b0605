package chunk

import "math"

// Names gives the names of n chunks as split(1) makes them: xaa, xab and so on
// to xzz. Where there are more than these 676 all have three letters, or as
// many as it takes, so that they sort in their order.
func Names(n int) []string {
	letters := 2
	for most := 26 * 26; most < n; most *= 26 {
		letters++
	}
	names := make([]string, max(n, 0))
	for i := range names {
		name := make([]byte, letters+1)
		name[0] = 'x'
		for j, rest := letters, i; j > 0; j, rest = j-1, rest/26 {
			name[j] = byte('a' + rest%26)
		}
		names[i] = string(name)
	}
	return names
}

// After gives the name of the chunk that is made after the one that has the last
// name: the next of those that Names gives. After xzz comes xzza, so that names
// still sort in their order.
func After(last string) string {
	name := []byte(last)
	for i := len(name) - 1; i > 0; i-- {
		if name[i] < 'z' {
			name[i]++
			return string(name)
		}
		name[i] = 'a'
	}
	return last + "a"
}

// Weigh deals lines out by weights, which are positive: each gets its part, to
// the line, and all together get all.
func Weigh(lines int64, weights []float64) []int64 {
	var all, upTo float64
	for _, w := range weights {
		all += w
	}
	sizes := make([]int64, len(weights))
	var dealt int64
	for i, w := range weights {
		upTo += w
		end := lines
		if i < len(weights)-1 {
			end = min(lines, int64(math.Round(float64(lines)*upTo/all)))
		}
		sizes[i], dealt = end-dealt, end
	}
	return sizes
}

// Sizes deals lines out to workers evenly, in lines: sizes differ by one
// at the most, and none is zero, so that few lines need fewer workers.
func Sizes(lines int64, workers int) []int64 {
	n := min(lines, int64(workers))
	sizes := make([]int64, max(n, 0))
	for i := range sizes {
		sizes[i] = lines / n
		if int64(i) < lines%n {
			sizes[i]++
		}
	}
	return sizes
}
