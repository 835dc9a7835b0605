package lock

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"time"
)

// Owner is who holds a lock, as it stands in the lock's file.
type Owner struct {
	// Host is the owner's host name.
	Host string `json:"host"`
	// Machine and Boot identify the host and its present run; both are empty
	// where the system doesn't tell (machine-id(5), random(4)).
	Machine string `json:"machine,omitempty"`
	Boot    string `json:"boot,omitempty"`
	// PIDNS is the namespace in which PID means something (pid_namespaces(7)).
	PIDNS string `json:"pidns,omitempty"`
	// PID is the process, and Start when it was started, in clock ticks since
	// the boot (proc_pid_stat(5), field 22): process ids are used again.
	PID   int    `json:"pid"`
	Start string `json:"start,omitempty"`
	// User is the user's name, or number where it has none.
	User string `json:"user"`
	// Since is when the owner began, by its own clock.
	Since time.Time `json:"since"`
	// Run is the run's id.
	Run string `json:"run"`
	// Beat is the heartbeat: it grows as long as the owner lives.
	Beat int64 `json:"beat"`
}

// Self describes this process as the owner of a run.
func Self(run string) (Owner, error) {
	host, err := os.Hostname()
	if err != nil {
		return Owner{}, fmt.Errorf("lock: the name of this host: %w", err)
	}
	name := strconv.Itoa(os.Getuid())
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	o := Owner{Host: host, PID: os.Getpid(), User: name, Since: time.Now(), Run: run}
	o.identify()
	return o, nil
}

// String names the owner for people. It holds text of the lock's file as it
// is there.
func (o Owner) String() string {
	if o.PID == 0 {
		return "an owner whose name can't be read"
	}
	return fmt.Sprintf("run %s, process %d of %s on %s, since %s", o.Run, o.PID, o.User, o.Host, o.Since.Format(time.DateTime))
}

// HeldError tells that a living owner holds the lock.
type HeldError struct {
	// Owner holds the lock; a zero Owner where its name can't be read.
	Owner Owner
	// Why tells how it is known that the owner lives.
	Why string
}

// Error names the owner and says how it is known that it lives.
func (e *HeldError) Error() string { return fmt.Sprintf("held by %s: %s", e.Owner, e.Why) }
