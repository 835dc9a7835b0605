package fold

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"
)

// Key is what makes two results one and the same.
type Key struct {
	// Class is what the target is counted under, Reason what there is to say
	// besides.
	Class, Reason string
	// Sum is the digest of the output; zero where there is none.
	Sum [sha256.Size]byte
}

// Groups are results that were put together. It holds the names of the hosts, and
// little else of each that is not the first of its group. The zero value is empty
// and ready.
type Groups[Ref any] struct {
	all []*Group[Ref]
	by  map[Key]*Group[Ref]
}

// Group is what has come of some hosts.
type Group[Ref any] struct {
	Key
	// Number counts the groups in the order in which they came up, from 0.
	Number int
	// Count counts its targets.
	Count int64
	// First is where to find the first one's output.
	First Ref

	hosts strings.Builder // a line each
}

// Add puts a target into its group, which it gives. The reference is kept of the
// first alone. A newline in a host's name parts it in two.
func (g *Groups[Ref]) Add(key Key, host string, ref Ref) *Group[Ref] {
	group := g.by[key]
	if group == nil {
		group = &Group[Ref]{Key: key, Number: len(g.all), First: ref}
		if g.by == nil {
			g.by = make(map[Key]*Group[Ref])
		}
		g.by[key] = group
		g.all = append(g.all, group)
	}
	group.Count++
	group.hosts.WriteString(host)
	group.hosts.WriteByte('\n')
	return group
}

// Len is how many groups there are.
func (g *Groups[Ref]) Len() int { return len(g.all) }

// Numbered gives the group of a number.
func (g *Groups[Ref]) Numbered(n int) *Group[Ref] { return g.all[n] }

// Sorted gives the groups, the biggest first; of two as big the one that came up
// first.
func (g *Groups[Ref]) Sorted() []*Group[Ref] {
	return slices.SortedStableFunc(slices.Values(g.all), func(a, b *Group[Ref]) int { return cmp.Compare(b.Count, a.Count) })
}

// Hosts gives the names of the hosts, in the order in which they came.
func (g *Group[Ref]) Hosts() []string {
	all := g.hosts.String()
	return strings.Split(all[:len(all)-1], "\n")
}
