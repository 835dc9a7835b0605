package chunk_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"scanmaster/runner/chunk"
)

// readAll gives the targets of a list and its bad lines.
func readAll(t *testing.T, r io.Reader) (targets []chunk.Target, bad []*chunk.LineError) {
	t.Helper()
	list := chunk.NewReader(r)
	for {
		target, err := list.Next()
		wrong := new(chunk.LineError)
		switch {
		case errors.Is(err, io.EOF):
			return targets, bad
		case errors.As(err, &wrong):
			bad = append(bad, wrong)
		case err != nil:
			t.Fatal(err)
		}
		targets = append(targets, target)
	}
}

func texts(targets []chunk.Target) []string {
	all := make([]string, len(targets))
	for i, target := range targets {
		all[i] = target.Text
	}
	return all
}

func TestNoLineIsLostToTheWayItIsWritten(t *testing.T) {
	want := []string{"web1 10.0.0.1", "web2", "web3", "web4 10.0.0.4"}
	for name, list := range map[string]string{
		"plain":            "web1 10.0.0.1\nweb2\nweb3\nweb4 10.0.0.4\n",
		"no final newline": "web1 10.0.0.1\nweb2\nweb3\nweb4 10.0.0.4",
		"CRLF":             "web1 10.0.0.1\r\nweb2\r\nweb3\r\nweb4 10.0.0.4",
		"blanks":           "\tweb1  10.0.0.1 \n  web2\n\n \t\nweb3\t\nweb4\t\t10.0.0.4",
		"comments":         "# all\nweb1 10.0.0.1\nweb2\n  # the rest\n\t#\nweb3\nweb4 10.0.0.4\n# end",
		"byte order mark":  "\ufeffweb1 10.0.0.1\nweb2\nweb3\nweb4 10.0.0.4\n",
		"joined files":     "\ufeffweb1 10.0.0.1\nweb2\n\ufeffweb3\nweb4 10.0.0.4\n",
		"long comment":     "web1 10.0.0.1\n#" + strings.Repeat(" x", 100_000) + "\nweb2\nweb3\nweb4 10.0.0.4\n",
		"long blank line":  strings.Repeat(" \t", 100_000) + "\nweb1 10.0.0.1\nweb2\nweb3\nweb4 10.0.0.4\n",
		"a run of blanks":  strings.Repeat(" ", 100_000) + "web1" + strings.Repeat("\t", 100_000) + "10.0.0.1" + strings.Repeat(" ", 100_000) + "\r\nweb2\nweb3\nweb4 10.0.0.4",
		"a mark behind it": strings.Repeat(" ", 100_000) + "\ufeff" + "web1 10.0.0.1\nweb2\nweb3\nweb4 10.0.0.4",
		"a mark before it": "\ufeff" + strings.Repeat(" ", 100_000) + "web1 10.0.0.1\nweb2\nweb3\nweb4 10.0.0.4",
	} {
		t.Run(name, func(t *testing.T) {
			targets, bad := readAll(t, strings.NewReader(list))
			if got := texts(targets); !slices.Equal(got, want) || len(bad) > 0 {
				t.Errorf("read %q, %v", got, bad)
			}
			for i, target := range targets {
				if target.Line != int64(i+1) {
					t.Errorf("%q is target %d, want %d", target.Text, target.Line, i+1)
				}
			}
		})
	}
}

func TestReadingGoesOnAfterABadLine(t *testing.T) {
	list := "# a list\nweb1\n-oProxyCommand=x\n" + strings.Repeat("a", 200_000) + "\n\n\tweb2\x00\nweb3"
	targets, bad := readAll(t, strings.NewReader(list))
	var lines []int64
	for _, b := range bad {
		lines = append(lines, b.Line)
	}
	if !slices.Equal(lines, []int64{3, 4, 6}) {
		t.Errorf("bad lines %v", lines)
	}
	if len(targets) != 5 || targets[0].Host != "web1" || targets[4].Host != "web3" || targets[4].Line != 5 {
		t.Errorf("targets %.60q", texts(targets))
	}
	if n := len(targets[2].Text); n > chunk.MaxLine+2 {
		t.Errorf("%d bytes are kept of a line that is too long", n)
	}
}

func TestALastLineThatIsTooLongIsBadWithoutAnEndToo(t *testing.T) {
	for _, line := range []string{
		strings.Repeat("a", 200_000), "web1" + strings.Repeat("\r", 200_000) + "10.0.0.1", strings.Repeat("a ", 100_000),
	} {
		if targets, bad := readAll(t, strings.NewReader(line)); len(targets) != 1 || len(bad) != 1 || bad[0].Line != 1 {
			t.Errorf("read %d targets, %v", len(targets), bad)
		}
	}
}

func TestHalfALineBeforeAnErrorIsNoTarget(t *testing.T) {
	broken := errors.New("the share is gone")
	for _, half := range []string{"web", strings.Repeat("w", 100_000)} {
		list := chunk.NewReader(io.MultiReader(strings.NewReader("web1\n"+half), iotest.ErrReader(broken)))
		if target, err := list.Next(); err != nil || target.Host != "web1" {
			t.Fatalf("the line before: %+v, %v", target, err)
		}
		if target, err := list.Next(); !errors.Is(err, broken) || target != (chunk.Target{}) {
			t.Errorf("the half: %.20q, %v", target.Text, err)
		}
	}
}

func TestSmallReadsMakeNoDifference(t *testing.T) {
	list := "\ufeffweb1\r\n" + strings.Repeat(" ", 70_000) + "web2\n#\nweb3 10.0.0.3"
	targets, bad := readAll(t, iotest.OneByteReader(strings.NewReader(list)))
	if got := texts(targets); !slices.Equal(got, []string{"web1", "web2", "web3 10.0.0.3"}) || bad != nil {
		t.Errorf("read %q, %v", got, bad)
	}
}

// endless gives one letter for ever, up to a length.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'a'
	}
	e.left -= int64(len(p))
	return len(p), nil
}

func TestMemoryIsBoundedWhateverTheLengthOfALine(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := chunk.NewReader(&endless{left: 256 << 20}).Next()
	runtime.ReadMemStats(&after)
	if bad := new(chunk.LineError); !errors.As(err, &bad) {
		t.Fatal(err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("a line of 256 MiB took %d bytes", grown)
	}
}

func TestPhysicalLinesAreCounted(t *testing.T) {
	list := chunk.NewReader(strings.NewReader("# all\n\nweb1\n-x\nweb2"))
	var err error
	for !errors.Is(err, io.EOF) {
		_, err = list.Next()
	}
	if got := list.Lines(); got != 5 {
		t.Errorf("counted %d", got)
	}
}

func ExampleReader() {
	list := chunk.NewReader(strings.NewReader("# web\nweb1 10.0.0.5:2222\n\tdb1 primary [2001:db8::7]\n"))
	for {
		target, err := list.Next()
		if err != nil {
			break // io.EOF, or a *LineError after which one may go on
		}
		host, port := target.Address(false, 22)
		fmt.Println(target.Line, target.Host, host, port)
	}
	// Output:
	// 1 web1 10.0.0.5 2222
	// 2 db1 2001:db8::7 22
}
