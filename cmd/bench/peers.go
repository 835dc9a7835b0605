package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// peers runs the tools that one would take instead, as far as they are there,
// with as many targets in hand. They check and record no host keys, and what
// they get is counted only.
func peers(ctx context.Context, o options) error {
	if o.targets == 0 {
		o.targets = 1000
	}
	return on(ctx, 0, func(g *ground) error { return g.peersOf(ctx, o) })
}

func (g *ground) peersOf(ctx context.Context, o options) error {
	list, err := g.list("targets.txt", o.targets)
	if err != nil {
		return err
	}
	var names bytes.Buffer
	for n := range o.targets {
		fmt.Fprintln(&names, address(liveNet, n))
	}
	addresses, err := g.write("addresses.txt", names.String())
	if err != nil {
		return err
	}
	all := []contender{g.worker(o, list, o.targets), g.floor(o, list)}
	for _, p := range g.peers(o, addresses) {
		if p.found() {
			all = append(all, p.contender(o.targets))
		} else {
			note(p.argv[0] + " isn't there, and is left out")
		}
	}
	if len(all) == 2 {
		return errors.New("none of pdsh, clush, parallel-ssh, parallel, xargs with ssh is there")
	}
	heading(o, "peers")
	runs, err := contest(ctx, all, o.pairs, note)
	if err != nil {
		return err
	}
	return table(os.Stdout, all, runs, o.targets)
}

// peer is another tool: its command line, what it needs in its environment, and
// the file that it reads, if any.
type peer struct {
	name  string
	argv  []string
	env   []string
	stdin string
}

// peers are the other tools as their manual pages say that one runs a command on
// all hosts of a file.
func (g *ground) peers(o options, addresses string) []peer {
	jobs := fmt.Sprint(o.jobs)
	// Neither the user's configuration nor his known hosts.
	opts := []string{
		"-F", "none", "-p", fmt.Sprint(g.port), "-i", g.key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "GlobalKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
	}
	if o.kex != "" {
		opts = append(opts, "-o", "KexAlgorithms="+o.kex)
	}
	line := strings.Join(opts, " ")
	ssh := append([]string{"ssh"}, opts...)
	return []peer{
		{name: "pdsh -R ssh", argv: []string{"pdsh", "-R", "ssh", "-l", "root", "-f", jobs, "-w", "^" + addresses, "uname"}, env: []string{"PDSH_SSH_ARGS=" + line + " -n -a -x -l%u %h"}},
		{name: "clush", argv: []string{"clush", "-l", "root", "-f", jobs, "--nostdin", "--hostfile", addresses, "-o", line, "uname"}},
		{name: "parallel-ssh", argv: append(append([]string{"parallel-ssh", "-l", "root", "-p", jobs, "-h", addresses, "-t", "0", "-i"}, extra(opts)...), "uname")},
		{name: "parallel ssh", argv: append(append([]string{"parallel", "-j", jobs}, ssh...), "-n", "root@{}", "uname"), stdin: addresses},
		{name: "xargs ssh", argv: append(append([]string{"xargs", "-P", jobs, "-I", "{}"}, ssh...), "-n", "root@{}", "uname"), stdin: addresses},
	}
}

// extra gives options of ssh(1) as parallel-ssh(1) takes them.
func extra(opts []string) (args []string) {
	for _, o := range opts {
		args = append(args, "-x", o)
	}
	return args
}

func (p peer) found() bool {
	_, err := exec.LookPath(p.argv[0])
	if err == nil {
		_, err = exec.LookPath("ssh")
	}
	return err == nil
}

// contender counts the lines that hold what a target has answered.
func (p peer) contender(targets int) contender {
	return contender{p.name, func(ctx context.Context) (*exec.Cmd, func() error, error) {
		cmd := exec.CommandContext(ctx, p.argv[0], p.argv[1:]...)
		cmd.Env = append(os.Environ(), p.env...)
		var out bytes.Buffer
		cmd.Stdout = &out
		if p.stdin != "" {
			in, err := os.ReadFile(p.stdin)
			if err != nil {
				return nil, nil, err
			}
			cmd.Stdin = bytes.NewReader(in)
		}
		return cmd, func() error {
			if n := bytes.Count(out.Bytes(), []byte("this is ")); n != targets {
				return fmt.Errorf("%d answers, and %d targets", n, targets)
			}
			return nil
		}, nil
	}}
}
