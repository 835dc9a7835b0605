package tkill

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Wanted says which processes are to be signalled. What is said holds together:
// of the children of a parent only those of a name, for one. Something must be.
type Wanted struct {
	// PIDs are these processes; empty is all.
	PIDs []int
	// Parent is the process whose children are wanted; 0 is any.
	Parent int
	// Name is the whole name of the command, without its folder; Part is a part
	// of its command line. Empty is any.
	Name, Part string
	// Age is how long a process must have run at the least.
	Age time.Duration
	// UID is the user whose processes are wanted; below 0 is any.
	UID int
}

// ErrNothing tells that nothing was said, which would be all processes.
var ErrNothing = errors.New("say which processes: pids, -P, -C or -c")

// Find gives those that are wanted. It never gives the first process, nor self,
// nor one that self descends from unless its PID is said: what is looked for by
// its command line is found in that of the shell, too, which looks for it. The
// error names PIDs that nobody may signal, or that there are not.
func (w Wanted) Find(all []Process, self int) ([]Process, error) {
	if len(w.PIDs) == 0 && w.Parent == 0 && w.Name == "" && w.Part == "" {
		return nil, ErrNothing
	}
	by := make(map[int]Process, len(all))
	for _, p := range all {
		by[p.PID] = p
	}
	var errs []error
	for _, pid := range w.PIDs {
		_, there := by[pid]
		switch {
		case pid == 1:
			errs = append(errs, errors.New("process 1 is what all others descend from, and is never signalled"))
		case pid == self:
			errs = append(errs, fmt.Errorf("process %d is this one, and is never signalled", pid))
		case !there:
			errs = append(errs, fmt.Errorf("there is no process %d", pid))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	above := ancestors(by, self)
	return slices.DeleteFunc(slices.Clone(all), func(p Process) bool {
		said := slices.Contains(w.PIDs, p.PID)
		return p.PID == 1 || p.PID == self || above[p.PID] && !said || !w.fits(p)
	}), nil
}

func (w Wanted) fits(p Process) bool {
	switch {
	case p.Dead, p.Age < w.Age:
	case len(w.PIDs) > 0 && !slices.Contains(w.PIDs, p.PID):
	case w.Parent != 0 && p.Parent != w.Parent:
	case w.UID >= 0 && p.UID != w.UID && !slices.Contains(w.PIDs, p.PID):
	case w.Name != "" && !p.called(w.Name):
	case w.Part != "" && !strings.Contains(p.line(), w.Part):
	default:
		return true
	}
	return false
}

// called tells that a process's command has that name. The kernel's own is cut
// short where it is long.
func (p Process) called(name string) bool {
	return p.Name == name || len(p.Args) > 0 && path.Base(p.Args[0]) == name
}

// line is the command line, or what there is of it.
func (p Process) line() string {
	if len(p.Args) == 0 {
		return p.Name
	}
	return strings.Join(p.Args, " ")
}

// ancestors gives those that a process descends from.
func ancestors(by map[int]Process, pid int) map[int]bool {
	above := make(map[int]bool)
	for p, ok := by[pid]; ok && !above[p.Parent]; p, ok = by[p.Parent] {
		above[p.Parent] = true
	}
	return above
}
