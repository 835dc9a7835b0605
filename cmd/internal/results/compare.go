package results

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"scanmaster/runner/fold"
	"scanmaster/runner/past"
	"scanmaster/runner/result"
)

// Change is how what came of a target in two runs differs.
type Change string

// The changes, in the order in which they are shown.
const (
	// NowUnreachable: the script ran to an end, or it isn't known whether it did, and
	// now it can't.
	NowUnreachable Change = "newly_unreachable"
	// BackAgain: the target was unreachable, or without an outcome, and the script has
	// run to an end.
	BackAgain Change = "back_again"
	// OutputChanged: the exit status or the output is another.
	OutputChanged Change = "output_changed"
	// NoOutcome: there is no outcome any more, or nobody knows which.
	NoOutcome Change = "without_an_outcome"
	// GoneFromList and NewInList: the line stands in one list alone.
	GoneFromList Change = "gone_from_the_list"
	NewInList    Change = "new_in_the_list"
)

// String says it in words.
func (c Change) String() string { return strings.ReplaceAll(string(c), "_", " ") }

var changes = []Change{NowUnreachable, BackAgain, OutputChanged, NoOutcome, GoneFromList, NewInList}

// Comparison is how a run differs from an earlier one. It holds some hundred bytes a
// target, and what is different.
type Comparison struct {
	from, to *Folded
	// targets are those of the earlier run by their lines; those that were found in
	// the later one, too, are taken out.
	targets map[lineID]int32
	changed fold.Groups[pair]
	// same counts the targets whose outcome and output are the same, still those that
	// can't be reached, now as before, unread those with the same exit status of which
	// one output or the other can't be read.
	same, still, unread int64
	counts              map[Change]int64
}

// lineID tells the lines of a list apart: the digest of the line's text, and how
// many like it came before.
type lineID [sha256.Size]byte

// pair are the groups that a target was in and is in; nil where its line isn't in
// the list.
type pair struct{ from, to *group }

// Compare holds a run against an earlier one, target by target: a target is the same
// where its input line is. Those that the filter doesn't take are left out, as if they
// stood in neither list; one that selects by outcome takes some out of one list alone.
func Compare(ctx context.Context, from, to *past.Run, filter Filter) (*Comparison, error) {
	c := &Comparison{targets: make(map[lineID]int32), counts: make(map[Change]int64)}
	var err error
	ids := newLineIDs()
	c.from, err = Fold(ctx, from, filter, func(t past.Target, g *group) error {
		c.targets[ids.of(t)] = int32(g.Number) //nolint:gosec // there are no more groups than targets
		return nil
	})
	if err != nil {
		return nil, err
	}
	ids = newLineIDs()
	c.to, err = Fold(ctx, to, filter, func(t past.Target, g *group) error {
		id := ids.of(t)
		number, ok := c.targets[id]
		if !ok {
			c.add(NewInList, pair{to: g}, t.Host)
			return nil
		}
		delete(c.targets, id)
		c.hold(pair{c.from.groups.Numbered(int(number)), g}, t.Host)
		return nil
	})
	if err != nil || len(c.targets) == 0 {
		return c, err
	}
	return c, c.gone(ctx, from)
}

// gone names the targets that the later list doesn't have.
func (c *Comparison) gone(ctx context.Context, from *past.Run) error {
	ids := newLineIDs()
	for t, err := range from.All(ctx) {
		if err != nil {
			return err
		}
		if number, ok := c.targets[ids.of(t)]; ok {
			c.add(GoneFromList, pair{from: c.from.groups.Numbered(int(number))}, t.Host)
		}
	}
	return nil
}

// hold holds what came of a target against what came of it before.
func (c *Comparison) hold(p pair, host string) {
	before, after := reach(p.from), reach(p.to)
	switch {
	case after == unreachable && before != unreachable:
		c.add(NowUnreachable, p, host)
	case after == reached && before != reached:
		c.add(BackAgain, p, host)
	case after == lost && before != lost:
		c.add(NoOutcome, p, host)
	case after == reached && p.from.Class == p.to.Class && (isUnread(p.from) || isUnread(p.to)):
		c.unread++
	case after == reached && p.from.Key != p.to.Key:
		c.add(OutputChanged, p, host)
	case after == unreachable:
		c.still++
	default:
		c.same++
	}
}

// add counts a change. Groups with the same change, from the same to the same, are
// one.
func (c *Comparison) add(change Change, p pair, host string) {
	c.counts[change]++
	key := fold.Key{Class: string(change), Reason: fmt.Sprintf("%d>%d", number(p.from), number(p.to))}
	c.changed.Add(key, host, p)
}

func number(g *group) int {
	if g == nil {
		return -1
	}
	return g.Number
}

// isUnread tells that the output of a group can't be read.
func isUnread(g *group) bool { return g.Reason == past.OutputGone || g.Reason == past.OutputChanged }

// Differs reports whether anything is known to be different, but how those can't be
// reached that could not be before.
func (c *Comparison) Differs() bool { return c.changed.Len() > 0 }

// Notes say what of the runs is missing or can't be trusted; they may hold anything.
func (c *Comparison) Notes() []string { return slices.Concat(c.from.Notes(), c.to.Notes()) }

// of gives the groups of a change, the biggest first.
func (c *Comparison) of(change Change) []*fold.Group[pair] {
	return slices.DeleteFunc(c.changed.Sorted(), func(g *fold.Group[pair]) bool { return g.Class != string(change) })
}

// reaches tells how far the script came on a target.
type reaches int

const (
	lost reaches = iota // nobody knows
	unreachable
	reached
)

func reach(g *group) reaches {
	switch g.Class {
	case past.Missing, string(result.Unknown):
		return lost
	case string(result.NoPing), string(result.NoSSHD), string(result.NoSSH):
		return unreachable
	}
	return reached
}

// lineIDs names the lines of a list.
type lineIDs struct{ times map[lineID]int32 }

func newLineIDs() *lineIDs { return &lineIDs{make(map[lineID]int32)} }

func (l *lineIDs) of(t past.Target) lineID {
	id := lineID(sha256.Sum256([]byte(t.Text)))
	n := l.times[id]
	l.times[id] = n + 1
	if n == 0 {
		return id
	}
	return lineID(sha256.Sum256(fmt.Appendf(nil, "%d\n%s", n, t.Text))) // no line begins so
}
