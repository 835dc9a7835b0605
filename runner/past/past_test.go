package past_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
	"scanmaster/runner/result"
)

const (
	first  = "20260101T000000.000Z-aaaaaa"
	second = "20260102T000000.000Z-bbbbbb"
	third  = "20260103T000000.000Z-cccccc"
)

type came = func(chunk.Target) (result.Outcome, io.Reader, bool)

// said has each target end as its name says: "bad" with 3, "mute" not at all, "lost"
// without an outcome, and others well.
func said(output string) came {
	return func(t chunk.Target) (result.Outcome, io.Reader, bool) {
		switch {
		case strings.HasPrefix(t.Host, "lost"):
			return result.Outcome{}, nil, false
		case strings.HasPrefix(t.Host, "mute"):
			return result.Outcome{Class: result.NoSSH, Reason: result.ReasonTimeout, Phase: result.PhaseAuth}, nil, true
		case strings.HasPrefix(t.Host, "bad"):
			return result.Outcome{Class: result.Exit, Status: 3, RunMS: 7}, strings.NewReader("bad\nworse\n"), true
		}
		return result.Outcome{Class: result.OK}, strings.NewReader(output), true
	}
}

func open(t *testing.T, s *pasttest.Scan, run string) *past.Run {
	t.Helper()
	r, err := past.Open(t.Context(), s.Dir, s.Name, run)
	return pasttest.Opened(t, r, err)
}

// told gives a line a target: number, text, key, reason, worker and output.
func told(t *testing.T, r *past.Run) []string {
	t.Helper()
	var lines []string
	for target, err := range r.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out := "-"
		if target.Output.Is() {
			out = read(t, r, target.Output)
		}
		lines = append(lines, fmt.Sprintf("%d|%s|%s|%s|%s|%s", target.Number, target.Text, target.Key(), target.Reason(), target.Chunk.Worker, out))
	}
	return lines
}

func read(t *testing.T, r *past.Run, o past.Output) string {
	t.Helper()
	f, err := r.OpenOutput(o)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return err.Error()
	}
	if int64(len(data)) != o.Length {
		t.Errorf("%d bytes of %d", len(data), o.Length)
	}
	return string(data)
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAllTargetsAreToldInTheOrderOfTheList(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(first,
		pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "# list\nweb1 10.0.0.1\nbad2\n\nmute3\n-evil\n", Came: said("one\ntwo\n")},
		pasttest.Chunk{Name: "xab", Worker: "scan2", List: "lost5\nweb1\n", Came: said("")},
	)
	r := open(t, s, "")
	wantLines(t, told(t, r),
		"1|web1 10.0.0.1|ok||scan1|one\ntwo",
		"2|bad2|exit_3||scan1|bad\nworse",
		"3|mute3|nossh|auth-timeout|scan1|-",
		"4|-evil|ok||scan1|one\ntwo",
		"5|lost5|missing|untried|scan2|-",
		"6|web1|ok||scan2|",
	)
	if r.ID != first || !r.Over() || r.Targets != 6 || r.Plan == nil || r.Plan.Layout.Min != pasttest.Minute || len(r.Notes()) > 0 {
		t.Errorf("%+v, notes %q", r, r.Notes())
	}
}

func TestRunsAreFoundWhereverTheyAre(t *testing.T) {
	s := pasttest.New(t, "audit")
	for i, run := range []string{first, second} {
		s.Run(run, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\n", Came: said(run)})
		if i == 0 {
			s.Move(run)
		}
	}
	for _, run := range []string{first, second} {
		wantLines(t, told(t, open(t, s, run)), "1|web1|ok||scan1|"+run)
	}
	refs, err := past.List(t.Context(), s.Dir, s.Name)
	if want := []past.Ref{{ID: second}, {ID: first, Old: "run-" + first}}; err != nil || !slices.Equal(refs, want) {
		t.Errorf("%+v, %v", refs, err)
	}
	none := new(past.NoRunError)
	if _, err := past.Open(t.Context(), s.Dir, s.Name, third); !errors.As(err, &none) || !strings.Contains(err.Error(), second+", "+first) {
		t.Error(err)
	}
	if _, err := past.Open(t.Context(), s.Dir, "other", ""); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestARunThatHasDealtNothingHidesNoOther(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\n", Came: said("")})
	s.Move(first)
	if err := os.MkdirAll(s.Path(job.RunPrefix+second), 0o700); err != nil {
		t.Fatal(err)
	}
	if r := open(t, s, ""); r.ID != first {
		t.Error(r.ID)
	}
	if r := open(t, s, second); len(told(t, r)) > 0 || len(r.Notes()) != 2 {
		t.Error(r.Notes())
	}
}

func TestARunningRunIsReadAsFarAsItIs(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(first,
		pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\nlost2\n", Came: said("fine"), Unfinished: true},
		pasttest.Chunk{Name: "xab", List: "web3\n"},
	)
	record := s.Path(pasttest.Folder("xaa"), job.Record)
	appendTo(t, record, `{"len":"0000300","k":"o","line":2`)
	r := open(t, s, "")
	wantLines(t, told(t, r), "1|web1|ok||scan1|fine", "2|lost2|missing|untried|scan1|-", "3|web3|missing|untried||-")
	if r.Over() || len(r.Notes()) > 0 {
		t.Errorf("%+v, %q", r, r.Notes())
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsGoneIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *pasttest.Scan) error
		want  []string
		note  string
	}{
		"folder": {
			func(s *pasttest.Scan) error { return os.RemoveAll(s.Path(pasttest.Folder("xaa"))) },
			[]string{"1|web1|missing|gone|scan1|-", "2|web2|missing|gone|scan1|-", "3|web3|ok||scan2|fine"},
			"of the 2 targets of chunk xaa is gone",
		},
		"record": {
			func(s *pasttest.Scan) error { return os.Remove(s.Path(pasttest.Folder("xaa"), job.Record)) },
			[]string{"1|web1|missing|gone|scan1|-", "2|web2|missing|gone|scan1|-", "3|web3|ok||scan2|fine"},
			"there is no record",
		},
		"list": {
			func(s *pasttest.Scan) error { return os.Remove(s.Path(job.Input, pasttest.Minute, "xaa")) },
			[]string{"3|web3|ok||scan2|fine"},
			"the list of chunk xaa is gone, and its 2 targets",
		},
		"all": {
			func(s *pasttest.Scan) error {
				return errors.Join(os.RemoveAll(s.Path(job.Input)), os.RemoveAll(s.Path(pasttest.Folder("xaa"))), os.RemoveAll(s.Path(pasttest.Folder("xab"))))
			},
			nil, "neither the lists of its chunks (2) nor the folders of their workers are there any more",
		},
		"plan": {
			func(s *pasttest.Scan) error { return os.Remove(s.Path(job.RunPrefix+first, job.Plan)) },
			[]string{"1|web1|ok||scan1|fine", "2|web2|ok||scan1|fine", "3|web3|ok||scan2|fine"},
			"what the run carries out isn't known",
		},
		"output": {
			func(s *pasttest.Scan) error {
				return os.WriteFile(s.Path(pasttest.Out("xab"), "hosts_ok"), []byte("web3,,fake\n"), 0o600)
			},
			[]string{"1|web1|ok||scan1|fine", "2|web2|ok||scan1|fine", "3|web3|ok||scan2|" + "HERE/hosts_ok: " + past.ErrChanged.Error()},
			"",
		},
		"record of another list": {
			func(s *pasttest.Scan) error {
				return os.WriteFile(s.Path(job.Input, pasttest.Minute, "xab"), []byte("web4\n"), 0o600)
			},
			[]string{"1|web1|ok||scan1|fine", "2|web2|ok||scan1|fine", "3|web4|missing|gone|scan2|-"},
			"it is not of the chunk's list",
		},
		"a contradiction": {
			func(s *pasttest.Scan) error {
				record := s.Path(pasttest.Folder("xab"), job.Record)
				data, err := os.ReadFile(record)
				return errors.Join(err, os.WriteFile(record, append(data, data...), 0o600))
			},
			[]string{"1|web1|ok||scan1|fine", "2|web2|ok||scan1|fine", "3|web3|ok||scan2|fine"},
			"the header, and nothing else, comes first",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := pasttest.New(t, "audit")
			s.Run(first,
				pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\nweb2\n", Came: said("fine")},
				pasttest.Chunk{Name: "xab", Worker: "scan2", List: "web3\n", Came: said("fine")},
			)
			if err := c.spoil(s); err != nil {
				t.Fatal(err)
			}
			r := open(t, s, "")
			got := told(t, r)
			for i := range got {
				got[i] = strings.ReplaceAll(got[i], s.Path(pasttest.Out("xab")), "HERE")
			}
			wantLines(t, got, c.want...)
			if notes := strings.Join(r.Notes(), "\n"); !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
				t.Errorf("notes: %s", notes)
			}
		})
	}
}
