package chunk_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"scanmaster/runner/chunk"
)

// sink is a chunk in memory.
type sink struct {
	bytes.Buffer
	closed   int
	writeErr error
	closeErr error
}

func (s *sink) Write(p []byte) (int, error) {
	if s.writeErr != nil {
		return 0, s.writeErr
	}
	return s.Buffer.Write(p)
}

func (s *sink) Close() error {
	s.closed++
	return s.closeErr
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// sinks gives n chunks in memory and what opens them.
func sinks(n int) ([]*sink, func(int) (io.WriteCloser, error)) {
	all := make([]*sink, n)
	for i := range all {
		all[i] = new(sink)
	}
	return all, func(i int) (io.WriteCloser, error) { return all[i], nil }
}

func TestEachChunkIsARangeOfTheListWithLinesMadePlain(t *testing.T) {
	all, open := sinks(2)
	list := "\ufeff# all\r\nweb1\t 10.0.0.1\r\n\n db1\nweb2  \nweb3 10.0.0.3"
	written, err := chunk.Deal(strings.NewReader(list), chunk.Choice{Exclude: exclude(t, "db1")}, []int64{2, 1}, open)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"web1 10.0.0.1\nweb2\n", "web3 10.0.0.3\n"} {
		if got := all[i].String(); got != want || all[i].closed != 1 {
			t.Errorf("chunk %d is %q, closed %d times, want %q", i, got, all[i].closed, want)
		}
		w := chunk.Written{Lines: int64(strings.Count(want, "\n")), Bytes: int64(len(want)), SHA256: digest(want)}
		if written[i] != w {
			t.Errorf("of chunk %d it says %+v, want %+v", i, written[i], w)
		}
	}
}

func TestDealingConservesEveryLineInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	for range 300 {
		list, want := randomList(random)
		x := exclude(t, "never1 10.9.9.9")
		counts, err := chunk.Count(strings.NewReader(list), chunk.Choice{Exclude: x})
		if err != nil || counts.Targets != int64(len(want)) {
			t.Fatalf("Count(%q) = %+v, %v, want %d targets", list, counts, err, len(want))
		}
		sizes := chunk.Sizes(counts.Targets, 1+random.IntN(30))
		all, open := sinks(len(sizes))
		written, err := chunk.Deal(strings.NewReader(list), chunk.Choice{Exclude: x}, sizes, open)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, s := range all {
			targets, bad := readAll(t, &s.Buffer)
			if int64(len(targets)) != sizes[i] || written[i].Lines != sizes[i] || bad != nil {
				t.Fatalf("chunk %d has %d lines, %v, want %d", i, len(targets), bad, sizes[i])
			}
			got = append(got, texts(targets)...)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("dealt %q, want %q", got, want)
		}
	}
}

// randomList makes a list of some length, written as people write, and says
// what is to be scanned of it.
func randomList(random *rand.Rand) (list string, want []string) {
	var b strings.Builder
	blank := func() string { return strings.Repeat([]string{" ", "\t"}[random.IntN(2)], 1+random.IntN(3)) }
	end := func() string { return []string{"\n", "\r\n"}[random.IntN(2)] }
	for i := range random.IntN(200) {
		switch random.IntN(8) {
		case 0:
			b.WriteString(blank() + "# web" + end())
		case 1:
			b.WriteString(blank() + end())
		case 2:
			b.WriteString("never1" + end() + "web" + blank() + "10.9.9.9" + end())
		case 3:
			fmt.Fprintf(&b, "%sweb%d%s10.0.0.%d%s%s", blank(), i, blank(), i, blank(), end())
			want = append(want, fmt.Sprintf("web%d 10.0.0.%d", i, i))
		default:
			fmt.Fprintf(&b, "web%d%s", i%5, end())
			want = append(want, fmt.Sprintf("web%d", i%5))
		}
	}
	return strings.TrimRight(b.String(), "\n"), want
}

func TestAListThatHasChangedSinceItWasCountedIsRefused(t *testing.T) {
	for name, list := range map[string]string{
		"fewer": "web1\nweb2\n", "none": "", "more": "web1\nweb2\nweb3\nweb4\n",
	} {
		all, open := sinks(2)
		if _, err := chunk.Deal(strings.NewReader(list), chunk.Choice{}, []int64{2, 1}, open); !errors.Is(err, chunk.ErrChanged) {
			t.Errorf("%s: %v", name, err)
		}
		if all[0].closed != 1 {
			t.Errorf("%s: the first chunk is closed %d times", name, all[0].closed)
		}
	}
	_, open := sinks(0)
	if _, err := chunk.Deal(strings.NewReader("# none\n"), chunk.Choice{}, nil, open); err != nil {
		t.Errorf("nothing to deal: %v", err)
	}
}

func TestABadLineIsNeverDealt(t *testing.T) {
	for _, list := range []string{"web1\n-x\nweb2\n", "web1\nweb2\nweb3\n$(id)\n"} {
		_, open := sinks(2)
		_, err := chunk.Deal(strings.NewReader(list), chunk.Choice{}, []int64{2, 1}, open)
		if bad := new(chunk.LineError); !errors.As(err, &bad) {
			t.Errorf("%q: %v", list, err)
		}
	}
}

func TestWhatFailsOnTheWayEndsTheDeal(t *testing.T) {
	full := errors.New("no space left")
	deal := func(r io.Reader, to io.WriteCloser, openErr error) error {
		_, err := chunk.Deal(r, chunk.Choice{}, []int64{1}, func(int) (io.WriteCloser, error) { return to, openErr })
		return err
	}
	list := func() io.Reader { return strings.NewReader("web1\n") }
	for name, err := range map[string]error{
		"open":  deal(list(), nil, full),
		"write": deal(list(), &sink{writeErr: full}, nil),
		"close": deal(list(), &sink{closeErr: full}, nil),
		"read":  deal(iotest.ErrReader(full), new(sink), nil),
		"both":  deal(iotest.ErrReader(io.ErrNoProgress), &sink{closeErr: full}, nil),
	} {
		if !errors.Is(err, full) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
