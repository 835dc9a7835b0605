package fleet

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// cannotRun is the status of a command that could not be started, as of shells.
const cannotRun = 126

// shell runs line under the account's shell, or the shell itself, in a process
// group of its own that is killed when the channel or the fleet ends.
func (s *session) shell(line string) {
	defer s.finish()
	cmd := s.process(line)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		s.failed(err)
		return
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		s.failed(err)
		return
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		s.failed(err)
		return
	}
	if err := cmd.Start(); err != nil {
		s.failed(err)
		return
	}
	stop := context.AfterFunc(s.ctx, func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may be gone
		// Who has left the group may hold these open for ever.
		_, _, _ = stdin.Close(), stdout.Close(), stderr.Close()
	})
	defer stop()
	// Like sshd this doesn't wait for stdin: a command may end before it has
	// read all of it.
	s.fleet.running.Go(func() {
		_, _ = io.Copy(stdin, s.channel)
		_ = stdin.Close()
	})
	var outputs sync.WaitGroup
	outputs.Go(func() { _, _ = io.Copy(s.channel, stdout) })
	outputs.Go(func() { _, _ = io.Copy(s.channel.Stderr(), stderr) })
	outputs.Wait()
	_ = cmd.Wait() // what it says is in the state
	s.ended(cmd.ProcessState)
}

// process is the command, not started yet.
func (s *session) process(line string) *exec.Cmd {
	cfg := s.fleet.cfg
	args := cfg.Shell[1:]
	if line != "" {
		args = append(args[:len(args):len(args)], "-c", line)
	}
	from, at := addrPort(s.server.RemoteAddr()), addrPort(s.server.LocalAddr())
	cmd := exec.CommandContext(s.ctx, cfg.Shell[0], args...)
	cmd.Dir = cfg.Dir
	cmd.Env = append(cfg.Env[:len(cfg.Env):len(cfg.Env)],
		"HOME="+cfg.Dir, "USER="+s.server.User(), "SHELL="+cfg.Shell[0],
		fmt.Sprintf("SSH_CONNECTION=%s %d %s %d", from.Addr(), from.Port(), at.Addr(), at.Port()))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// failed reports that a command could not be started.
func (s *session) failed(err error) {
	_, _ = fmt.Fprintln(s.channel.Stderr(), err)
	s.status(cannotRun)
}
