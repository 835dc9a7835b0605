package lock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// initialPIDNS is the namespace of processes that are in no container; its
// number is the same everywhere (PROC_PID_INIT_INO in the kernel's proc_ns.h).
const initialPIDNS = "pid:[4026531836]"

// identify fills in what the system tells of this process. What it doesn't
// tell stays empty, and then only the heartbeat counts.
func (o *Owner) identify() {
	o.Machine = line("/etc/machine-id")
	o.Boot = line("/proc/sys/kernel/random/boot_id")
	o.PIDNS, _ = os.Readlink("/proc/self/ns/pid")
	if p, err := readProcess(o.PID); err == nil {
		o.Start = p.start
	}
}

func line(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// sees tells whether another owner lives, as far as that can be seen from
// here. Host names alone prove nothing: many hosts may have the same.
func (o Owner) sees(other Owner) (alive, known bool) {
	if other.PID <= 0 || other.Boot == "" || other.Start == "" || other.PIDNS == "" || other.PIDNS != o.PIDNS {
		return false, false
	}
	if other.Boot != o.Boot {
		// The host was started again since, unless it is another one: a
		// container may move from host to host under one name.
		rebooted := o.Machine != "" && o.Machine == other.Machine && o.Host == other.Host && o.PIDNS == initialPIDNS
		return false, rebooted
	}
	p, err := readProcess(other.PID)
	switch {
	case err == nil:
		return p.start == other.Start && !p.ended, true
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ESRCH):
		// Where /proc hides other users' processes (hidepid in proc(5)), only
		// a signal tells that there is none.
		return false, errors.Is(syscall.Kill(other.PID, 0), syscall.ESRCH)
	default:
		return false, false
	}
}

// process is what counts of /proc/PID/stat.
type process struct {
	start string // clock ticks since the boot
	ended bool   // only waiting for its parent to take note
}

func readProcess(pid int) (process, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, err
	}
	return parseProcess(data)
}

// parseProcess reads a line of proc_pid_stat(5). The second field is the
// command's name in parentheses, which may hold anything; the third is the
// state, the 22nd the start.
func parseProcess(stat []byte) (process, error) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return process{}, errors.New("not a line of proc_pid_stat(5)")
	}
	state := string(fields[0])
	return process{start: string(fields[19]), ended: state == "Z" || state == "X"}, nil
}
