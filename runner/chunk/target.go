// Package chunk reads lists of targets and deals them out. It streams: no list
// is ever held whole.
package chunk

// Target is one line of a list of targets. Each line is a target of its own,
// known by its number, whatever else it shares with others.
type Target struct {
	// Line counts the targets of the list from 1; comments and blank lines
	// don't count.
	Line int64
	// Text is the line as the results show it: runs of blanks made one.
	Text string
	// Host is the text before the first blank.
	Host string
	// IP is the text after the last blank: an address, perhaps with a port;
	// the same as Host where the line has one word.
	IP string
}
