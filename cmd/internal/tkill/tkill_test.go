package tkill

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sleep starts a process that would run for so many seconds, and ends it with the
// test.
func sleep(t *testing.T, seconds string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sleep", seconds)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	return cmd
}

func all(t *testing.T) []Process {
	t.Helper()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func pids(found []Process) []int {
	var pids []int
	for _, p := range found {
		pids = append(pids, p.PID)
	}
	return pids
}

func TestAProcessIsKnownAsItWasStarted(t *testing.T) {
	t.Parallel()
	cmd := sleep(t, "9871.5")
	there := all(t)
	at := slices.IndexFunc(there, func(p Process) bool { return p.PID == cmd.Process.Pid })
	if at < 0 {
		t.Fatal("it isn't there")
	}
	got := there[at]
	if got.Name != "sleep" || !slices.Equal(got.Args, []string{"sleep", "9871.5"}) ||
		got.Parent != os.Getpid() || got.UID != os.Getuid() || got.Dead || got.Age < -tick || got.Age > time.Minute {
		t.Errorf("got %+v", got)
	}
}

func TestWhatIsSaidHoldsTogether(t *testing.T) {
	t.Parallel()
	one, two := sleep(t, "9872.1").Process.Pid, sleep(t, "9872.2").Process.Pid
	self := os.Getpid()
	for name, c := range map[string]struct {
		wanted Wanted
		want   []int
	}{
		"a pid":                     {Wanted{PIDs: []int{one}, UID: -1}, []int{one}},
		"a part of the line":        {Wanted{Part: "9872.", UID: -1}, []int{one, two}},
		"of the children":           {Wanted{Parent: self, Part: "9872.2", UID: -1}, []int{two}},
		"of another's children":     {Wanted{Parent: one, Part: "9872.2", UID: -1}, nil},
		"the name and a part":       {Wanted{Name: "sleep", Part: "9872.1", UID: -1}, []int{one}},
		"a part of the name":        {Wanted{Name: "slee", Part: "9872.1", UID: -1}, nil},
		"old enough":                {Wanted{Part: "9872.", Age: -time.Minute, UID: -1}, []int{one, two}},
		"too young":                 {Wanted{Part: "9872.", Age: time.Hour, UID: -1}, nil},
		"too young, said by itself": {Wanted{PIDs: []int{one}, Age: time.Hour, UID: -1}, nil},
		"mine":                      {Wanted{Part: "9872.1", UID: os.Getuid()}, []int{one}},
		"somebody else's":           {Wanted{Part: "9872.", UID: os.Getuid() + 1}, nil},
	} {
		found, err := c.wanted.Find(all(t), self)
		if got := pids(found); err != nil || !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(c.want))) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
}

func TestTheFirstOneItselfAndWhoIsNotThereAreRefused(t *testing.T) {
	t.Parallel()
	self := os.Getpid()
	for want, wanted := range map[string]Wanted{
		"process 1 is":  {PIDs: []int{1}},
		"this one":      {PIDs: []int{self}},
		"no process 99": {PIDs: []int{9999999}},
	} {
		if found, err := wanted.Find(all(t), self); found != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %v, want %q", pids(found), err, want)
		}
	}
	if _, err := (Wanted{Age: time.Hour}).Find(nil, self); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing said: %v", err)
	}
}

// TestWhoLooksIsNotFound looks for what stands in its own command line, and in
// that of the shell it was started by.
func TestWhoLooksIsNotFound(t *testing.T) {
	t.Parallel()
	family := []Process{
		{PID: 1, Name: "init"}, {PID: 10, Parent: 1, Name: "cron", Args: []string{"cron", "hung"}},
		{PID: 20, Parent: 10, Name: "sh", Args: []string{"sh", "-c", "tkill -C hung"}},
		{PID: 30, Parent: 20, Name: "tkill", Args: []string{"tkill", "-C", "hung"}},
		{PID: 40, Parent: 10, Name: "hung"}, {PID: 41, Parent: 10, Name: "hung", Dead: true},
	}
	found, err := Wanted{Part: "hung", UID: -1}.Find(family, 30)
	if got := pids(found); err != nil || !slices.Equal(got, []int{40}) {
		t.Errorf("%v, %v", got, err)
	}
	found, err = Wanted{PIDs: []int{20}, UID: -1}.Find(family, 30)
	if got := pids(found); err != nil || !slices.Equal(got, []int{20}) {
		t.Errorf("said by its pid: %v, %v", got, err)
	}
}

func TestASignalReachesWhoWasFoundAndNobodyLater(t *testing.T) {
	t.Parallel()
	cmd := sleep(t, "9873.1")
	found, err := Wanted{PIDs: []int{cmd.Process.Pid}, UID: -1}.Find(all(t), os.Getpid())
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	later := found[0]
	later.start++ // another one has its number by now
	if err := later.Send(syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	if err := found[0].Send(syscall.SIGUSR1); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // it was signalled
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGUSR1 {
		t.Errorf("it ended with %v", cmd.ProcessState)
	}
	if err := found[0].Send(syscall.SIGTERM); err != nil {
		t.Errorf("to one that has ended: %v", err)
	}
}

func TestSignalsHaveNamesAndNumbers(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]syscall.Signal{
		"TERM": syscall.SIGTERM, "sigkill": syscall.SIGKILL, "9": syscall.SIGKILL, "usr1": syscall.SIGUSR1, "0": 0,
	} {
		if got, err := ParseSignal(word); got != want || err != nil {
			t.Errorf("%s: %v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "NONE", "65", "-9", "SIG"} {
		if got, err := ParseSignal(word); err == nil {
			t.Errorf("%q is %v", word, got)
		}
	}
	if all := Signals(); len(all) < 30 || all[0] != "HUP" || all[14] != "TERM" {
		t.Errorf("all are %q", all)
	}
}

func TestANameMayHoldWhatItLikes(t *testing.T) {
	t.Parallel()
	const rest = " 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 "
	p, err := parse([]byte("12 (a) b (c) S 3"+rest+"500 0 0\n"), time.Minute)
	if err != nil || p.PID != 12 || p.Name != "a) b (c" || p.Parent != 3 || p.Dead || p.Age != 55*time.Second {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := parse([]byte("12 (a) Z 3"+rest+"500 0"), 0); err != nil || !p.Dead {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"", "12 a S 3", "12 (a) S 3 7", "x (a) S 3" + rest + "1", "1 (a) S x" + rest + "1", "1 (a) S 3" + rest + "-1"} {
		if p, err := parse([]byte(bad), 0); err == nil {
			t.Errorf("%q is %+v", bad, p)
		}
	}
}
