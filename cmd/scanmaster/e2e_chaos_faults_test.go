//go:build e2e

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mend ends a fault that lasts, at a time.
type mend struct {
	at   time.Time
	what string
	undo func(*testing.T)
}

// due is when the next fault or mend is.
func (h *chaos) due() time.Time {
	due := h.next
	for _, m := range h.mends {
		if m.at.Before(due) {
			due = m.at
		}
	}
	return due
}

// step mends what is due, and lets one thing go wrong when that is due.
func (h *chaos) step(t *testing.T, master *os.Process) {
	t.Helper()
	now := time.Now()
	h.mend(t, func(m mend) bool { return !m.at.After(now) })
	if !h.next.After(now) {
		h.fault(t, master)
		h.next = time.Now().Add(h.pause())
	}
}

// mend ends the faults that are to be ended.
func (h *chaos) mend(t *testing.T, is func(mend) bool) {
	t.Helper()
	var left []mend
	for _, m := range h.mends {
		if !is(m) {
			left = append(left, m)
			continue
		}
		h.note(m.what)
		m.undo(t)
	}
	h.mends = left
}

func (h *chaos) mendAll(t *testing.T) {
	t.Helper()
	h.mend(t, func(mend) bool { return true })
}

// later has a fault that began just now end after a while.
func (h *chaos) later(after time.Duration, what string, undo func(*testing.T)) {
	h.mends = append(h.mends, mend{time.Now().Add(after), what, undo})
}

// while is how long a fault lasts: mostly a moment, and now and then longer than
// the lease.
func (h *chaos) while() time.Duration {
	d := time.Duration(h.random.IntN(1500)) * time.Millisecond
	if h.random.IntN(12) == 0 {
		d += 11 * time.Second
	}
	return d
}

func (h *chaos) note(what string) {
	h.faults = append(h.faults, time.Now().Format("15:04:05.000 ")+what)
}

// fault lets one thing go wrong.
func (h *chaos) fault(t *testing.T, master *os.Process) {
	t.Helper()
	switch n := h.random.IntN(20); {
	case n < 10:
		h.faultOfWorker(n)
	case n < 13:
		h.signal("kill the master", master.Pid, syscall.SIGKILL)
	case n < 15:
		h.signal("interrupt the master", master.Pid, syscall.SIGINT)
		if n == 14 { // and once more, when that is another word
			h.later(2*sameSignal, "again interrupt the master", func(*testing.T) { _ = master.Signal(syscall.SIGINT) })
		}
	case n < 16:
		h.stop("the master", master.Pid, time.Duration(h.random.IntN(1500))*time.Millisecond)
	case n < 18 && h.disk:
		h.fill(t)
	case n < 20 && h.machines != nil:
		h.faultOfHost(t)
	}
}

// faultOfWorker has one of the workers come to harm.
func (h *chaos) faultOfWorker(n int) {
	workers := h.working()
	if len(workers) == 0 {
		return
	}
	pid := workers[h.random.IntN(len(workers))]
	switch {
	case n < 7:
		h.signal("kill a worker", pid, syscall.SIGKILL)
	case n < 9:
		h.stop("a worker", pid, h.while())
	default:
		h.signal("end a worker", pid, syscall.SIGTERM)
	}
}

// faultOfHost has one of the worker hosts come to harm.
func (h *chaos) faultOfHost(t *testing.T) {
	t.Helper()
	m := h.machines[h.random.IntN(len(h.machines))]
	switch n := h.random.IntN(10); {
	case !m.IsOn():
	case n < 7:
		h.note("cut " + m.Name)
		m.Cut(t)
		h.later(h.while(), "heal "+m.Name, func(t *testing.T) {
			t.Helper()
			if m.IsOn() {
				m.Heal(t)
			}
		})
	case n < 9:
		h.note("hang up on " + m.Name)
		m.HangUp(t)
	default:
		h.note("unplug " + m.Name)
		m.PowerOff(t)
		h.later(h.while(), "plug in "+m.Name, func(t *testing.T) { t.Helper(); m.PowerOn(t) })
	}
}

func (h *chaos) signal(what string, pid int, s syscall.Signal) {
	h.note(fmt.Sprintf("%s, process %d", what, pid))
	_ = syscall.Kill(pid, s) // it may have ended
}

func (h *chaos) stop(what string, pid int, d time.Duration) {
	h.signal("stop "+what, pid, syscall.SIGSTOP)
	h.later(d, fmt.Sprintf("let %s go on, process %d", what, pid), func(*testing.T) { _ = syscall.Kill(pid, syscall.SIGCONT) })
}

// filler is the file that takes all room of the share.
func (h *chaos) filler() string { return filepath.Join(h.share, "filler") }

// fill fills the share to its last block.
func (h *chaos) fill(t *testing.T) {
	t.Helper()
	h.note("fill the share")
	fillDisk(t, h.filler())
	h.later(h.while(), "make room", func(*testing.T) { _ = os.Remove(h.filler()) })
}

// makeRoom does so at the latest when the master has ended, as whoever is told
// to would before the next.
func (h *chaos) makeRoom() {
	if os.Remove(h.filler()) == nil {
		h.note("make room, since the master has ended")
	}
}

// working are the processes that work for this scan.
func (h *chaos) working() []int {
	var pids []int
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range commands {
		argv, _ := os.ReadFile(file)
		if text := string(argv); strings.Contains(text, "\x00worker\x00-A\x00") && strings.Contains(text, "/chunked/"+h.name+"/") {
			if pid, err := strconv.Atoi(strings.Split(file, "/")[2]); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
