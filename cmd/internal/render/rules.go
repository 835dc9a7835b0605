package render

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// checks says what is asked of a target before it is logged in to.
func (t *text) checks() string {
	ping, banner := "ping", "SSH banner"
	passthrough := launch(t.plan).Args.Passthrough
	if slices.Contains(passthrough, "-P") {
		ping = "no ping"
	}
	if slices.Contains(passthrough, "-S") {
		banner = "no SSH banner"
	}
	return ping + ", " + banner
}

// limits says what a target may take, and hooks and the scan where they are
// bounded.
func (t *text) limits() string {
	f := t.plan.Job
	target := fmt.Sprintf("connect %s, banner %s, auth %s, script %s, ",
		duration(f.Timeouts.Connect), duration(f.Timeouts.Banner), duration(f.Timeouts.Auth), duration(f.Timeouts.Run))
	if f.Timeouts.Idle > 0 {
		target += "silence " + duration(f.Timeouts.Idle) + ", "
	}
	var hook, scan string
	if f.Timeouts.Hook > 0 {
		hook = "a hook " + duration(f.Timeouts.Hook)
	}
	if t.plan.Timeout > 0 {
		scan = "the scan " + duration(t.plan.Timeout)
	}
	return join(target+"output "+size(f.MaxOutput), hook, scan)
}

// retries says which targets are tried again, and how often.
func retries(retry map[string]int) string {
	var each []string
	for _, key := range job.RetryKeys {
		if n, ok := retry[key]; ok {
			each = append(each, fmt.Sprintf("%s %d", key, n))
		}
	}
	if len(each) == 0 {
		return ""
	}
	return strings.Join(each, ", ") + ", never once the script was sent"
}

// masterLost says when workers stop that have lost their master; nothing where they
// go on.
func masterLost(p plan.Plan) string {
	lease, all := p.MasterLease()
	if lease == 0 {
		return ""
	}
	who := "workers"
	if !all {
		who = "workers over SSH"
	}
	return "where it gives no sign for " + duration(lease) + ", " + who + " stop; after half of that they begin nothing new"
}

// unknown says what becomes of targets whose worker dies over them.
func unknown(f job.File) string {
	if f.OnUnknown == job.Report {
		return "where a worker dies over a target, it is reported; the script runs there once at the most"
	}
	return "where a worker dies over a target, the script runs there again"
}

// size gives a number of bytes exactly.
func size(n int64) string {
	s := spec.Size(n).String()
	if s == strconv.FormatInt(n, 10) {
		return humanize.Comma(n) + " bytes"
	}
	return s
}

// trusts says which host keys are believed, on each of the two legs.
func trusts(s plan.Summary) string {
	var workers string
	if s.Trust.KnownHosts != "" {
		workers = "workers: " + s.Trust.KnownHosts + ", strict"
	}
	targets := map[string]string{
		"accept-new": "accept-new, a changed key is refused",
		"strict":     "strict, an unknown or changed key is refused",
		"off":        "any key is believed",
	}[s.Trust.Targets]
	return join(workers, "targets: "+targets)
}

// fails says which results make the scan fail, by exit status.
func fails(limits spec.FailOn) string {
	var three []string
	four := "no target reachable"
	for _, key := range slices.SortedFunc(maps.Keys(limits), byStatus) {
		most := limit(limits[key])
		switch status, isExit := strings.CutPrefix(key, "exit_"); {
		case key == "unreachable":
			four = most + " unreachable"
		case isExit:
			three = append(three, most+" with status "+status)
		default:
			three = append(three, most+" "+key)
		}
	}
	var lines []string
	if len(three) > 0 {
		lines = append(lines, "3: "+strings.Join(three, ", or "))
	}
	return join(append(lines, "4: "+four, "5: a target unaccounted for", "6: a failed hook")...)
}

// byStatus puts exit_2 before exit_10, and words after statuses.
func byStatus(a, b string) int {
	na, errA := strconv.Atoi(strings.TrimPrefix(a, "exit_"))
	nb, errB := strconv.Atoi(strings.TrimPrefix(b, "exit_"))
	if errA == nil && errB == nil {
		return na - nb
	}
	return strings.Compare(a, b)
}

func limit(l spec.Limit) string {
	switch {
	case !l.Percent && l.Count == 0:
		return "any"
	case l.Percent:
		return "over " + l.String()
	}
	return "over " + humanize.Comma(l.Count)
}
