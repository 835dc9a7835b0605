// Package plan turns a scan into the steps that carry it out. It is pure: no
// clock, no I/O. What it needs to know of the world comes in as Facts.
package plan

import (
	"time"

	"scanmaster/runner/job"
)

// Plan is all that carries out a scan, as data: it prints, marshals and compares.
type Plan struct {
	// File is the scan file's path as given, Base the folder that the scan's
	// paths are relative to.
	File string `json:"file"`
	Base string `json:"base"`
	// Planned is the digest of the saved plan that a run was held to, or empty.
	Planned string `json:"planned,omitempty"`
	// Version of the scan file's format.
	Version int `json:"version"`
	// Layout knows the run's paths. In a dry run its Run and Min, and the Bin
	// of Launch, are the placeholders of the package.
	Layout job.Layout `json:"layout"`
	// Confined tells that the scan file isn't trusted; see Confinement.
	Confined bool `json:"confined,omitempty"`
	// Summary is what a reviewer reads first.
	Summary Summary `json:"summary"`
	// Lease is how long an owner's heartbeat may stand still before another
	// host takes the owner for dead; in JSON as nanoseconds.
	Lease time.Duration `json:"lease"`
	// Timeout bounds the whole scan, from when its master starts; 0 is no
	// bound. In JSON as nanoseconds.
	Timeout time.Duration `json:"timeout,omitempty"`
	// Job is the job file but for what only the run knows: digests of staged
	// files where a pre hook makes them, and the chunks.
	Job job.File `json:"job"`
	// Builds are the binaries that may be deployed, where it was asked which.
	Builds []Build `json:"builds,omitempty"`
	// Steps in the order in which they are carried out.
	Steps []Step `json:"steps"`
}

// What stands in a dry run's text for what only a run knows, so that two
// plans differ only where the scan does.
const (
	BasePlaceholder = "<BASE>" // the folder above it is <BASE^>
	HomePlaceholder = "~"
	// FarHomePlaceholder is the home folder on a worker host.
	FarHomePlaceholder = "<HOME>"
	RunPlaceholder     = "<RUN>"
	MinPlaceholder     = "<MIN>"
	BinPlaceholder     = "<BIN>"
	DigestPlaceholder  = "<SHA256>"
)
