package render

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/host"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// Checkup is what was found of one worker.
type Checkup struct {
	Worker plan.Worker
	// Facts are zero where the worker couldn't be looked at. Of a local one
	// there is nothing but its system and the shared folder.
	Facts host.Facts
	// Ping is by what it pings; empty where that isn't known.
	Ping string
	// Reasons say why it can't work, each with its mend; none where it can.
	// Warnings don't keep it from working, and Found is what is well.
	Reasons, Warnings, Found []job.Finding
}

// Working counts the workers that can work.
func Working(workers []Checkup) int {
	n := 0
	for _, c := range workers {
		if len(c.Reasons) == 0 {
			n++
		}
	}
	return n
}

// Doctor writes what was found of the workers: a table, below it each thing that
// was looked at, what is well first, and at last whether there are enough of them.
func Doctor(w io.Writer, workers []Checkup, least int) error {
	rows := [][]string{{"worker", "state", "os/arch", "screen", "room", "share", "clock", "scanslave"}}
	for _, c := range workers {
		rows = append(rows, row(c))
	}
	var out strings.Builder
	for _, line := range table(rows) {
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	out.WriteString("\n")
	for _, line := range table(findings(workers)) {
		out.WriteString(line + "\n")
	}
	fmt.Fprintf(&out, "%d of %s can work, and %d must (min_workers)\n",
		Working(workers), count(int64(len(workers)), "worker"), least)
	_, err := io.WriteString(w, out.String())
	return err
}

func row(c Checkup) []string {
	state := "can work"
	if len(c.Reasons) > 0 {
		state = "left out"
	}
	f := c.Facts
	if f.OS == "" {
		return []string{c.Worker.Name, state, none, none, none, none, none, none}
	}
	return []string{
		c.Worker.Name, state, f.OS + "/" + f.Arch, screen(f.Screen), room(f.Dir), share(f.Dir), clock(f), scanslave(f.Scanslave),
	}
}

// none stands where nothing is known, or there is nothing.
const none = "-"

// maxCell bounds what a host has said in a cell, in bytes.
const maxCell = 24

func screen(s host.Screen) string {
	switch {
	case s.Path == "":
		return none
	case !s.Works:
		return "no session"
	}
	if v := version.FindString(s.Version); v != "" {
		return v
	}
	return "there"
}

// version finds the version in what screen(1) says of itself.
var version = regexp.MustCompile(`[0-9]{1,4}(\.[0-9]{1,4}){1,3}`)

func room(d host.Dir) string {
	if !d.Exists || d.Free < 0 {
		return none
	}
	return humanize.IBytes(uint64(d.Free))
}

func share(d host.Dir) string {
	switch {
	case d.Instead:
		return "by SFTP"
	case d.IsFile:
		return "a file"
	case !d.Exists:
		return "missing"
	case !d.Readable:
		return "not readable"
	case !d.Writable:
		return "not writable"
	case d.Apart:
		return "not shared"
	}
	return "writable"
}

// clock says how far a host's clock is off, as far as that can be told.
func clock(f host.Facts) string {
	switch off := f.Skew.Round(time.Second); {
	case f.Skew.Abs() <= f.SkewBy+time.Second:
		return "the same"
	case off > 0:
		return "+" + off.String()
	default:
		return off.String()
	}
}

func scanslave(s host.Scanslave) string {
	switch {
	case s.Path == "":
		return none
	case s.Classic:
		return "classic"
	case s.Version == "":
		return "unknown"
	}
	return safe.Line(s.Version, maxCell)
}
