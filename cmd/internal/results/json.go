package results

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/fold"
	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

// FormatVersion is that of the JSON lines.
const FormatVersion = 1

// maxJSONOutput is how much of an output a group has unless all is shown, in bytes.
const maxJSONOutput = 1 << 20

// The JSON lines: one of the run, one a target, one a group, and one at the end.
type (
	runLine struct {
		Kind          string    `json:"kind"`
		FormatVersion int       `json:"format_version"`
		Name          string    `json:"name"`
		Run           string    `json:"run"`
		Classic       bool      `json:"classic,omitempty"`
		Finished      bool      `json:"finished"`
		Began         time.Time `json:"began,omitzero"`
		Ended         time.Time `json:"ended,omitzero"`
		Targets       int64     `json:"targets"`
		Excluded      int64     `json:"excluded,omitempty"`
	}
	targetLine struct {
		Kind   string `json:"kind"`
		Line   int64  `json:"line"`
		Text   string `json:"text"`
		Host   string `json:"host"`
		IP     string `json:"ip,omitempty"`
		Class  string `json:"class"`
		Exit   *int   `json:"exit,omitempty"`
		Reason string `json:"reason,omitempty"`
		Group  int    `json:"group"`
		Worker string `json:"worker,omitempty"`
		Chunk  string `json:"chunk"`
		Phase  string `json:"phase,omitempty"`
		Detail string `json:"detail,omitempty"`
		Signal string `json:"signal,omitempty"`
		Tries  int    `json:"tries,omitempty"`

		Start      time.Time `json:"start,omitzero"`
		ConnectMS  int64     `json:"connect_ms,omitempty"`
		BannerMS   int64     `json:"banner_ms,omitempty"`
		AuthMS     int64     `json:"auth_ms,omitempty"`
		RunMS      int64     `json:"run_ms,omitempty"`
		Stdout     int64     `json:"stdout,omitempty"`
		Stderr     int64     `json:"stderr,omitempty"`
		StderrTail string    `json:"stderr_tail,omitempty"`
		StdoutTail string    `json:"stdout_tail,omitempty"`
		Cut        bool      `json:"cut,omitempty"`
	}
	groupLine struct {
		Kind   string `json:"kind"`
		Group  int    `json:"group"`
		Count  int64  `json:"count"`
		Class  string `json:"class"`
		Exit   *int   `json:"exit,omitempty"`
		Reason string `json:"reason,omitempty"`
		Hosts  string `json:"hosts"`
		// SHA256 and Bytes are of the whole output, which may be cut here.
		SHA256       string  `json:"sha256,omitempty"`
		Bytes        int64   `json:"bytes,omitempty"`
		Output       *string `json:"output,omitempty"`
		OutputBase64 []byte  `json:"output_base64,omitempty"`
		OutputCut    bool    `json:"output_cut,omitempty"`
	}
	endLine struct {
		Kind  string           `json:"kind"`
		Shown int64            `json:"shown"`
		Tally map[string]int64 `json:"tally"`
		Notes []string         `json:"notes,omitempty"`
	}
)

// JSON writes JSON lines: the run, each target in the order of the list, each group
// of those that are the same, the biggest first, and the end. It gives what of the
// run is missing, as the last line does.
func JSON(ctx context.Context, w io.Writer, r *past.Run, filter Filter, v View) ([]string, error) {
	out := &jsonLines{out: bufio.NewWriter(w), raw: v.Raw}
	out.add(runLine{
		Kind: "run", FormatVersion: FormatVersion, Name: r.Name, Run: r.ID, Classic: r.Classic, Finished: r.Over(),
		Began: r.Began.UTC(), Ended: r.Ended.UTC(), Targets: r.Targets, Excluded: r.Excluded,
	})
	f, err := Fold(ctx, r, filter, func(t past.Target, g *group) error {
		out.add(jsonTarget(t, g))
		return out.err
	})
	if err != nil {
		return nil, err
	}
	for _, g := range f.groups.Sorted() {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		line, err := jsonGroup(r, g, v.All)
		if err != nil {
			return nil, err
		}
		out.add(line)
	}
	tally := f.tally.Clone().Counts
	if tally == nil {
		tally = map[string]int64{}
	}
	out.add(endLine{Kind: "end", Shown: f.tally.Total(), Tally: tally, Notes: f.Notes()})
	return f.Notes(), out.flush()
}

func jsonTarget(t past.Target, g *group) targetLine {
	o := t.Outcome
	line := targetLine{
		Kind: "target", Line: t.Number, Text: t.Text, Host: t.Host, IP: ipOf(t), Class: classOf(t), Reason: g.Reason,
		Group: g.Number, Worker: t.Chunk.Worker, Chunk: t.Chunk.Name, Phase: string(o.Phase), Detail: o.Detail, Signal: o.Signal,
		Tries: o.Tries, Start: o.Start, ConnectMS: o.ConnectMS, BannerMS: o.BannerMS, AuthMS: o.AuthMS, RunMS: o.RunMS,
		Stdout: o.Stdout, Stderr: o.Stderr, StderrTail: o.StderrTail, StdoutTail: o.StdoutTail, Cut: o.Cut,
	}
	if hasExit(t) {
		line.Exit = &o.Status
	}
	return line
}

// hasExit tells that the script had an exit status.
func hasExit(t past.Target) bool {
	o := t.Outcome
	return t.Lack == past.LackNone && (o.Class == result.OK || o.Class == result.Exit || o.Reason == result.ReasonStatus)
}

func jsonGroup(r *past.Run, g *group, all bool) (groupLine, error) {
	line := groupLine{
		Kind: "group", Group: g.Number, Count: g.Count, Reason: g.Reason, Hosts: strings.Join(fold.Ranges(g.Hosts()), ","),
	}
	line.Class, line.Exit = classAndExit(g.Class)
	if !hasOutput(g) {
		return line, nil
	}
	o := g.First.output
	line.SHA256, line.Bytes = hex.EncodeToString(g.Sum[:]), o.Length
	most := o.Length
	if !all {
		most = min(most, maxJSONOutput)
	}
	data, err := beginning(r, o, most)
	if err != nil {
		return line, err
	}
	text := string(data)
	if line.OutputCut = most < o.Length; line.OutputCut {
		text = text[:wholeRunes(text)]
	}
	if utf8.ValidString(text) {
		line.Output = &text
	} else {
		line.OutputBase64 = data[:len(text)]
	}
	return line, nil
}

// classAndExit parts a key into the class and the exit status, where it has one.
func classAndExit(key string) (string, *int) {
	digits, ok := strings.CutPrefix(key, string(result.Exit)+"_")
	if !ok && key != string(result.OK) {
		return key, nil
	}
	status, _ := strconv.Atoi(digits) // that of OK is 0, and else it is a key
	if !ok {
		return key, &status
	}
	return string(result.Exit), &status
}

// wholeRunes is how much of a text there is without the beginning of a character at
// its end.
func wholeRunes(text string) int {
	for i := 1; i <= min(utf8.UTFMax, len(text)); i++ {
		if at := len(text) - i; utf8.RuneStart(text[at]) {
			if !utf8.FullRuneInString(text[at:]) {
				return at
			}
			break
		}
	}
	return len(text)
}

// beginning reads so much of an output.
func beginning(r *past.Run, o past.Output, most int64) ([]byte, error) {
	in, err := r.OpenOutput(o)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data := make([]byte, most) // it is no more than the file holds
	_, err = io.ReadFull(in, data)
	return data, err
}

// jsonLines writes JSON, an object a line.
type jsonLines struct {
	out *bufio.Writer
	raw bool
	err error
}

func (j *jsonLines) add(line any) {
	if j.err != nil {
		return
	}
	data, err := json.Marshal(line)
	if err == nil {
		if !j.raw {
			data = safe.JSON(data)
		}
		_, err = j.out.Write(append(data, '\n'))
	}
	j.err = err
}

func (j *jsonLines) flush() error {
	if j.err != nil {
		return j.err
	}
	return j.out.Flush()
}
