package render

import (
	"bytes"
	"encoding/json"
	"io"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/job"
)

// checkups are what was found of all workers as JSON.
type checkups struct {
	FormatVersion int       `json:"format_version"`
	Workers       []checkup `json:"workers"`
	Working       int       `json:"working"`
	MinWorkers    int       `json:"min_workers"`
}

// checkup is what was found of one worker. Without os nothing else is known of
// the host.
type checkup struct {
	Worker   string   `json:"worker"`
	Host     string   `json:"host"`
	Works    bool     `json:"works"`
	Reasons  []string `json:"reasons,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	OS       string   `json:"os,omitempty"`
	Arch     string   `json:"arch,omitempty"`
	User     string   `json:"user,omitempty"`
	Screen   string   `json:"screen,omitempty"`
	// Room is in bytes, Skew, how far the host's clock is ahead, in seconds.
	Room      *int64   `json:"room,omitempty"`
	Inodes    *int64   `json:"inodes,omitempty"`
	Share     string   `json:"share,omitempty"`
	Skew      *float64 `json:"skew_seconds,omitempty"`
	Scanslave string   `json:"scanslave,omitempty"`
	// Findings are all things that were looked at. Reasons and Warnings are the texts
	// of those that are bad, and of those that are only told.
	Findings []plainFinding `json:"findings,omitempty"`
	// PingsBy is known where the worker half is on the host already.
	PingsBy string `json:"pings_by,omitempty"`
}

// plainFinding is one thing that was looked at; state is ok, warn or bad.
type plainFinding struct {
	About job.About `json:"about"`
	State string    `json:"state"`
	Text  string    `json:"text"`
}

// DoctorJSON writes what was found of the workers for programs.
func DoctorJSON(w io.Writer, workers []Checkup, least int) error {
	doc := checkups{FormatVersion: JSONVersion, Workers: []checkup{}, Working: Working(workers), MinWorkers: least}
	for _, c := range workers {
		doc.Workers = append(doc.Workers, c.plain())
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := w.Write(safe.JSON(out.Bytes()))
	return err
}

func (c Checkup) plain() checkup {
	out := checkup{
		Worker: c.Worker.Name, Host: c.Worker.Host, Works: len(c.Reasons) == 0,
		Reasons: job.Texts(c.Reasons), Warnings: job.Texts(c.Warnings),
	}
	for _, f := range c.all() {
		out.Findings = append(out.Findings, plainFinding{f.About, f.state, f.Text})
	}
	f := c.Facts
	if f.OS == "" {
		return out
	}
	out.OS, out.Arch, out.User, out.PingsBy = f.OS, f.Arch, f.User, c.Ping
	out.Share, out.Room, out.Inodes = share(f.Dir), known(f.Dir.Exists, f.Dir.Free), known(f.Dir.Exists, f.Dir.Inodes)
	if c.Worker.Local {
		return out
	}
	out.Screen, out.Scanslave = screen(f.Screen), scanslave(f.Scanslave)
	skew := f.Skew.Seconds()
	out.Skew = &skew
	return out
}

// known gives a number that a host has said.
func known(there bool, n int64) *int64 {
	if !there || n < 0 {
		return nil
	}
	return &n
}
