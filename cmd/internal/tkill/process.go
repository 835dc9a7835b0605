// Package tkill finds processes by what they are and by how long they have run,
// and signals them. It knows them from /proc.
package tkill

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a process as it was looked at.
type Process struct {
	PID, Parent int
	// UID is the user that it runs as.
	UID int
	// Name is what the kernel calls it, 15 bytes at the most (proc_pid_comm(5)).
	Name string
	// Args is its command line; empty of a kernel thread, and of one that is dead
	// but not yet waited for.
	Args []string
	// Age is how long it has run.
	Age time.Duration
	// Dead tells that it has ended, and is not yet waited for.
	Dead bool

	// start is when it began, in ticks since the system did: with the PID it tells
	// it from a later one that has the same.
	start uint64
}

const (
	// proc is where the kernel tells of processes (proc(5)).
	proc = "/proc"
	// tick is the kernel's unit for times there: USER_HZ is 100 wherever Go runs.
	tick = 10 * time.Millisecond
)

// All gives all processes that there are to be seen, those that have ended meanwhile
// left out, and those of others where the kernel hides what they are (proc(5),
// hidepid).
func All() ([]Process, error) {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil, err
	}
	up, err := uptime(proc)
	if err != nil {
		return nil, err
	}
	var all []Process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		p, err := read(proc, pid, up)
		if gone(err) || errors.Is(err, fs.ErrPermission) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// gone tells that a process has ended while it was looked at.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH)
}

// uptime is how long the system has run.
func uptime(root string) (time.Duration, error) {
	text, err := os.ReadFile(filepath.Join(root, "uptime"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), " ")
	up, err := time.ParseDuration(first + "s")
	if err != nil {
		return 0, fmt.Errorf("%s/uptime: %w", root, err)
	}
	return up, nil
}

func read(root string, pid int, up time.Duration) (Process, error) {
	folder := filepath.Join(root, strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return Process{}, err
	}
	p, err := parse(text, up)
	if err != nil {
		return Process{}, fmt.Errorf("%s/stat: %w", folder, err)
	}
	line, err := os.ReadFile(filepath.Join(folder, "cmdline"))
	if err != nil {
		return Process{}, err
	}
	if line = bytes.TrimRight(line, "\x00"); len(line) > 0 {
		p.Args = strings.Split(string(line), "\x00")
	}
	info, err := os.Stat(folder)
	if err != nil {
		return Process{}, err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		p.UID = int(owner.Uid)
	}
	return p, nil
}

// The fields of /proc/PID/stat that matter, counted behind the name, which may
// hold blanks and brackets itself (proc_pid_stat(5)).
const (
	fieldState  = 0
	fieldParent = 1
	fieldStart  = 19
)

func parse(stat []byte, up time.Duration) (Process, error) {
	open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if open < 0 || end < open {
		return Process{}, errors.New("there is no name in it")
	}
	p := Process{Name: string(stat[open+1 : end])}
	fields := strings.Fields(string(stat[end+1:]))
	if len(fields) <= fieldStart {
		return Process{}, fmt.Errorf("it has %d fields behind the name", len(fields))
	}
	var errs [3]error
	p.PID, errs[0] = strconv.Atoi(strings.TrimSpace(string(stat[:open])))
	p.Parent, errs[1] = strconv.Atoi(fields[fieldParent])
	p.start, errs[2] = strconv.ParseUint(fields[fieldStart], 10, 63)
	p.Age = up - time.Duration(p.start)*tick //nolint:gosec // it was read as 63 bits
	p.Dead = fields[fieldState] == "Z" || fields[fieldState] == "X"
	return p, errors.Join(errs[:]...)
}
