package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/crypto/ssh"
)

// cannotRun is the status of a command that could not be started, as of shells.
const cannotRun = 126

// shell runs line under the account's shell, or the shell itself, in a process
// group of its own that is killed when the channel or the fleet ends. Like
// sshd it tells the status as soon as the shell has ended, whether or not all
// of stdin has been read, and closes the channel when nobody holds the output
// open any more.
func (s *session) shell(line string) {
	defer s.finish()
	cmd := s.process(line)
	pipes, err := s.connect(cmd)
	if err == nil {
		err = cmd.Start()
	}
	pipes.started()
	if err != nil {
		pipes.close()
		_, _ = fmt.Fprintln(s.channel.Stderr(), err)
		s.status(cannotRun)
		return
	}
	s.leads(cmd.Process.Pid)
	stop := context.AfterFunc(s.ctx, func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may be gone
		pipes.close()                                       // who left the group may hold them for ever
	})
	defer stop()
	defer pipes.close()
	s.fleet.running.Go(func() {
		_, _ = io.Copy(pipes.stdin, s.channel)
		if s.terminal == nil { // which goes on, as sshd's
			_ = pipes.stdin.Close()
		}
	})
	var outputs sync.WaitGroup
	outputs.Go(func() { _, _ = io.Copy(s.channel, pipes.stdout) })
	if pipes.stderr != nil {
		outputs.Go(func() { _, _ = io.Copy(s.channel.Stderr(), pipes.stderr) })
	}
	_ = cmd.Wait() // what it says is in the state
	s.leads(0)
	s.ended(cmd.ProcessState)
	outputs.Wait()
}

// process is the command, not started yet.
func (s *session) process(line string) *exec.Cmd {
	cfg := s.fleet.cfg
	args := cfg.Shell[1:]
	if line != "" {
		args = slices.Concat(args, []string{"-c", line})
	}
	from, at := addrPort(s.server.RemoteAddr()), addrPort(s.server.LocalAddr())
	cmd := exec.CommandContext(s.ctx, cfg.Shell[0], args...)
	cmd.Dir = cfg.Dir
	cmd.Env = slices.Concat(cfg.Env, []string{
		"HOME=" + cfg.Dir, "USER=" + s.server.User(), "SHELL=" + cfg.Shell[0],
		fmt.Sprintf("SSH_CONNECTION=%s %d %s %d", from.Addr(), from.Port(), at.Addr(), at.Port()),
		"SSH_ALGORITHMS=" + s.algorithms(),
	})
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if s.terminal != nil {
		cmd.Env = append(cmd.Env, "TERM="+s.terminal.term)
		cmd.SysProcAttr = onTerminal()
	}
	return cmd
}

// algorithms are those that client and server have agreed on. Ciphers that need
// no MAC go without.
func (s *session) algorithms() string {
	conn, ok := s.server.Conn.(ssh.AlgorithmsConnMetadata)
	if !ok {
		return ""
	}
	agreed := conn.Algorithms()
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", agreed.KeyExchange, agreed.HostKey, agreed.Read.Cipher, agreed.Read.MAC))
}

// pipes are our ends of a command's descriptors, and for a while the
// command's. On a terminal stdin and stdout are one, and there is no stderr.
type pipes struct {
	stdin, stdout, stderr *os.File
	theirs                []*os.File
}

// connect makes the pipes of cmd, or gives it the terminal.
func (s *session) connect(cmd *exec.Cmd) (*pipes, error) {
	p := new(pipes)
	if t := s.terminal; t != nil {
		p.stdin, p.stdout, p.theirs = t.ours, t.ours, []*os.File{t.theirs}
		cmd.Stdin, cmd.Stdout, cmd.Stderr = t.theirs, t.theirs, t.theirs
		return p, nil
	}
	var in, out, errs *os.File
	var failed [3]error
	in, p.stdin, failed[0] = os.Pipe()
	p.stdout, out, failed[1] = os.Pipe()
	p.stderr, errs, failed[2] = os.Pipe()
	p.theirs = []*os.File{in, out, errs}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, errs
	return p, errors.Join(failed[:]...)
}

// started closes the ends that are the command's now.
func (p *pipes) started() {
	for _, f := range p.theirs {
		_ = f.Close()
	}
}

// close closes our ends; it may be called more than once.
func (p *pipes) close() {
	_, _, _ = p.stdin.Close(), p.stdout.Close(), p.stderr.Close()
}
