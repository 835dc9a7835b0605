package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/secret"
	"scanmaster/spec"
)

// split says how the input is dealt out.
func (t *text) split(s plan.Split) []string {
	var inputs, excludes []string
	for _, f := range s.Inputs {
		inputs = append(inputs, f.Path)
	}
	for _, f := range s.Exclude {
		excludes = append(excludes, f.Path)
	}
	from := strings.Join(inputs, " + ")
	if len(excludes) > 0 {
		from += " without " + strings.Join(excludes, " and ")
	}
	lines := []string{from}
	into := count(int64(s.Chunks), "chunk")
	if !s.Counted {
		lines = append(lines, fmt.Sprintf("at most %s, %d a live worker, into %s", into, s.PerWorker, s.Into))
		return append(lines, canaryUncounted(s)...)
	}
	line := fmt.Sprintf("%s in %s of %s", count(s.Targets, "target"), into, sizes(s.Targets, s.Chunks))
	if n := s.Sample(s.Targets); n > 0 {
		rest, chunks := s.Targets-n, s.Chunks-s.CanaryChunks
		line = fmt.Sprintf("%s in %s of %s first; when these are fine, %s in %s of %s",
			count(n, "target"), count(int64(s.CanaryChunks), "chunk"), sizes(n, s.CanaryChunks),
			humanize.Comma(rest), count(int64(chunks), "chunk"), sizes(rest, chunks))
	}
	if workers := t.plan.Summary.Workers; s.Chunks < workers {
		line += fmt.Sprintf("; fewer targets than workers: %d of the %d workers stay idle", workers-s.Chunks, workers)
	}
	if s.PerWorker > 1 {
		line += fmt.Sprintf(", %d a worker: who is free takes the next", s.PerWorker)
	}
	return append(lines, line, "into "+s.Into)
}

// sizes gives the sizes of an even split: they differ by one at the most.
func sizes(targets int64, chunks int) string {
	if chunks == 0 {
		return "0"
	}
	least, rest := targets/int64(chunks), targets%int64(chunks)
	if rest == 0 {
		return humanize.Comma(least)
	}
	return humanize.Comma(least+1) + " or " + humanize.Comma(least)
}

// launch shows each worker's commands: in full for the first of a kind, and
// for those that differ from it by their chunk alone in one line.
func (t *text) launch(s plan.Launch) {
	n := first(t.plan, s)
	names, workers := chunk.Names(find[plan.Split](t.plan).Chunks)[:n], s.Workers[:n]
	full := make(map[bool]bool)
	for i := 0; i < len(workers); {
		if w := workers[i]; t.all || !full[w.Local] {
			full[w.Local] = true
			l := t.layout(w, names[i])
			t.inFull(w, s.At(l).Command(l, w, names[i], jobFile(l)))
			t.ifClassic(s, w, names[i], i)
			i++
			continue
		}
		n := slices.IndexFunc(workers[i:], func(w plan.Worker) bool { return w.Local != workers[i].Local })
		if n < 0 {
			n = len(workers) - i
		}
		t.theSame(workers[i:i+n], names[i:i+n])
		i += n
	}
}

// layout is where a worker has the files of the run.
func (t *text) layout(w plan.Worker, chunk string) job.Layout {
	if w.Local || find[plan.Probe](t.plan).Share != spec.ShareNone {
		return t.plan.Layout
	}
	return t.plan.Layout.Apart(plan.FarHomePlaceholder, chunk, 1)
}

func (t *text) inFull(w plan.Worker, c plan.Command) {
	label := pad("   "+safe.Line(w.Name, 0), stepColumn)
	if w.Local {
		t.line(label + "a process of this binary:")
		t.more(c.Line)
		if len(t.plan.Secrets()) > 0 {
			t.more("its secrets on its standard input: " + secret.Mark)
		}
		return
	}
	t.line(label + address(w))
	if c.Screenrc != "" {
		t.more("~/" + c.Screenrc + ":  " + strings.TrimSpace(c.ScreenrcText))
	}
	if c.Secrets != "" {
		t.more("~/" + c.Secrets + ":  " + secret.Mark + ", for its user alone, until it has read them")
	}
	t.more("~/"+c.Script+":  "+script(c), c.Line)
}

// script gives what is behind a script's first line, which says what reads it.
func script(c plan.Command) string {
	_, lines, _ := strings.Cut(strings.TrimSpace(c.ScriptText), "\n")
	return strings.ReplaceAll(lines, "\n", "; ")
}

// ifClassic shows what a worker host's script is where its scanslave is found
// to be the classic one, which only the run can tell.
func (t *text) ifClassic(s plan.Launch, w plan.Worker, chunk string, i int) {
	if c, ok := classic(t.plan, s, w, chunk, i); ok {
		t.more("if its scanslave is the classic one:  " + script(c))
	}
}

func (t *text) theSame(workers []plan.Worker, chunks []string) {
	names := make([]string, len(workers))
	for i, w := range workers {
		names[i] = w.Name
	}
	label, line := "   "+span(names), "the same with "+span(chunks)
	t.line(pad(safe.Line(label, 0), stepColumn) + line)
}

// span names all of a few, and the ends of many.
func span(names []string) string {
	if len(names) > 2 {
		return names[0] + " … " + names[len(names)-1]
	}
	return strings.Join(names, ", ")
}

// shell quotes a command's words, but not the plan's placeholders.
func (t *text) shell(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = plan.Quote(t.plan.Layout, arg)
	}
	return strings.Join(quoted, " ")
}

// jobFile is the job file as it is shown: what is in it only the run knows.
func jobFile(l job.Layout) job.Staged {
	return job.Staged{Path: l.JobFile(1), SHA256: plan.DigestPlaceholder}
}
