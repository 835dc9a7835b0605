package chunk_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"scanmaster/runner/chunk"
)

// longList is a list of a few megabytes with all that is odd in it, and what
// should be dealt out of it: far more than is tidied at a time.
func longList(random *rand.Rand) (list, want string, physical int64) {
	var all, good strings.Builder
	for i := range 4_000 {
		line, out := fmt.Sprintf("web%d.example.com 10.0.0.%d", i, i%256), ""
		switch random.IntN(50) {
		case 0:
			line, out = "#"+strings.Repeat("x", random.IntN(200_000)), "-"
		case 1:
			line, out = strings.Repeat(" ", random.IntN(200_000)), "-"
		case 2:
			line, out = "web1"+strings.Repeat("\t ", random.IntN(90_000))+" [::1]:22", "web1 [::1]:22"
		case 3:
			line, out = strings.Repeat("a", chunk.MaxLine), strings.Repeat("a", chunk.MaxLine)
		case 4, 5, 6:
			line, out = "db1 10.9.9.9", "-"
		case 7:
			line, out = "wéb.example.com\r", "wéb.example.com"
		}
		if out == "" {
			out = line
		}
		all.WriteString(line + "\n")
		if out != "-" {
			good.WriteString(out + "\n")
		}
		physical++
	}
	return strings.TrimSuffix(all.String(), "\n"), good.String(), physical
}

func TestALongListIsTidiedInPartsAsItIsLineByLine(t *testing.T) {
	list, want, physical := longList(rand.New(rand.NewPCG(3, 5)))
	x := exclude(t, "db1")
	counts, err := chunk.Count(iotest.HalfReader(strings.NewReader(list)), chunk.Choice{Exclude: x})
	if targets := int64(strings.Count(want, "\n")); err != nil || counts.Targets != targets || counts.Lines != physical || counts.Excluded == 0 {
		t.Fatalf("Count = %+v, %v, want %d targets in %d lines", counts, err, targets, physical)
	}
	all, open := sinks(7)
	if _, err := chunk.Deal(strings.NewReader(list), chunk.Choice{Exclude: x}, chunk.Sizes(counts.Targets, 7), open); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, s := range all {
		got.WriteString(s.String())
	}
	if got.String() != want {
		t.Error("what was dealt out is not the list")
	}
}

func TestABadLineFarDownIsNamedByItsPlaceInTheWholeList(t *testing.T) {
	const above = 50_000
	list := strings.Repeat("web1.example.com\n", above) + "$(id)\nweb2\n" + strings.Repeat("web3\n", above)
	_, open := sinks(1)
	for name, err := range map[string]error{
		"Count": func() error { _, err := chunk.Count(strings.NewReader(list), chunk.Choice{}); return err }(),
		"Deal": func() error {
			_, err := chunk.Deal(strings.NewReader(list), chunk.Choice{}, []int64{2*above + 1}, open)
			return err
		}(),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("line %d: ", above+1)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingIsReadOnceADealHasFailed(t *testing.T) {
	full := errors.New("no space left")
	r := &closing{Reader: strings.NewReader(strings.Repeat("web1.example.com\n", 1_000_000))}
	_, err := chunk.Deal(r, chunk.Choice{}, []int64{1_000_000}, func(int) (io.WriteCloser, error) { return &sink{writeErr: full}, nil })
	r.closed = true // the race detector sees whoever reads on
	if !errors.Is(err, full) {
		t.Error(err)
	}
}

// closing notices who reads after it was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Read(p []byte) (int, error) {
	if c.closed {
		panic("read after it was closed")
	}
	return c.Reader.Read(p)
}
