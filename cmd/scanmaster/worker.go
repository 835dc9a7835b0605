package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/safe"
	"scanmaster/runner/job"
	"scanmaster/runner/sshconfig"
	"scanmaster/runner/worker"
)

// newWorker makes the verb that the master starts workers by. Its command line
// is the classic one, so that cobra has no part in it.
func newWorker(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "worker -A MODE [-H] -d DIR -r REMOTE [-p POST] [-n JOBS] NAME CHUNKFILE [-- PASSTHROUGH]",
		Aliases: []string{"scanslave"},
		Short:   "work on one chunk; the master starts it (also as scanslave)",
		Long: `worker runs a script on every target of a chunk. The master starts it; called as
scanslave it does the same.

  -A MODE    how to authenticate to targets: pubkey; with -H password and all, too
  -H         somebody sits at the terminal: secrets are asked for there, once, and
             bash reads the script, not the login shell
  -d DIR     the shared folder (/mnt/scanmaster)
  -r REMOTE  the script (./remote.sh)
  -p POST    what to run after the chunk
  -n JOBS    targets at a time (175); auto begins with 64 a CPU, and takes more
             while this machine can bear it

Of passthrough it understands -I (connect to the name), -P (no ping) and -S (no
banner check); of SSHOPTS -l, -i, -p, -J and -o with User, Port, IdentityFile,
IdentitiesOnly, CertificateFile, ProxyJump, StrictHostKeyChecking,
UserKnownHostsFile, ConnectTimeout, KexAlgorithms, Ciphers, MACs and
HostKeyAlgorithms; what changes neither who is connected to nor what is trusted is
passed over. What SSHOPTS doesn't say, ~/.ssh/config and
/etc/ssh/ssh_config do; a directive that it doesn't understand, and that would
change who is connected to or trusted, is an error for the hosts that it is for.

With --check before all else, and without CHUNKFILE, it only looks whether it
could work: whether there are keys for the targets, a way to ping them, room for
temporary files, enough files that may be open. It says what is wrong, a line
each with what mends it; the exit status is 1 then.`,
		DisableFlagParsing:    true,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.worker(cmd, args)
		},
	}
	cmd.SetHelpTemplate(helpText + exitHelp)
	return cmd
}

func (a *app) worker(cmd *cobra.Command, words []string) error {
	defer outliveReaders()()
	if slices.Equal(words, []string{"--version"}) {
		// By this a master tells a scanslave of ours from another program.
		_, err := fmt.Fprintln(a.stdout, version())
		return err
	}
	args, check, err := parseWorker(words)
	switch wrong := new(job.UsageError); {
	case isHelp(words, err):
		return cmd.Help()
	case errors.As(err, &wrong):
		return misuse(cmd, "", "%w", err)
	case check:
		return a.fit(cmd, args)
	}
	secrets, err := a.secretsOfWorker()
	if err != nil {
		return err
	}
	config, err := a.workerConfig(args)
	if err != nil {
		return err
	}
	config.Secrets = secrets
	a.frugal(&config)
	if args.Attended {
		config.Ask = a.asker()
	}
	mark, err := worker.Run(cmd.Context(), config)
	switch {
	case err != nil && cmd.Context().Err() != nil:
		return context.Cause(cmd.Context())
	case err != nil:
		return err
	case mark.PostChunk != 0:
		return &exitError{status: exitHook}
	case mark.Outcomes != mark.Lines:
		return &exitError{exitIncomplete, fmt.Errorf("%d of %d targets have no outcome", mark.Lines-mark.Outcomes, mark.Lines)}
	}
	return nil
}

// frugal has the program do with little memory, and without being in anybody's way.
func (a *app) frugal(config *worker.Config) {
	worker.Batch()
	if a.getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(memory(0)) // until it is known how many there will be
	config.Sized = func(jobs int) { debug.SetMemoryLimit(memory(jobs)) }
	if a.getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// garbage is how much of it may gather, in per cent of what is in use, where there
// is room for it: most of what a handshake needs is garbage soon after.
const garbage = 300

// memory is how much of it, in bytes, a worker tries to do with: on a busy
// machine the garbage of many handshakes would else pile up.
func memory(jobs int) int64 { return 48<<20 + int64(jobs)*100<<10 }

// workerConfig gathers what a worker needs from the environment.
func (a *app) workerConfig(args job.Args) (worker.Config, error) {
	targets, err := job.ParseSSHOPTS(a.getenv("SSHOPTS"))
	if err != nil {
		return worker.Config{}, &exitError{exitUsage, err}
	}
	more, err := job.ParseSSHADDFLAGS(a.getenv("SSH_ADD_FLAGS"))
	if err != nil {
		return worker.Config{}, &exitError{exitUsage, err}
	}
	targets.Identities = append(targets.Identities, more...)
	file, err := a.jobFile()
	if err != nil {
		return worker.Config{}, err
	}
	host, err := os.Hostname()
	if err != nil {
		return worker.Config{}, err
	}
	temp := a.getenv("TMPDIR")
	if temp == "" {
		temp = os.TempDir()
	}
	return worker.Config{
		Args: args, Targets: targets, Job: file,
		Environ: a.environ, AgentSocket: a.getenv("SSH_AUTH_SOCK"),
		SystemConfig: sshconfig.System, Home: a.getenv("HOME"), User: a.userName(), Host: host, Temp: temp, Path: a.getenv("PATH"),
		Now: time.Now, Log: a.log, Cut: a.cut,
	}, nil
}

// jobFile reads the job file that the environment names; nil where none is.
func (a *app) jobFile() (*job.File, error) {
	path := a.getenv(job.EnvFile)
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	file, err := job.DecodeFile(data, a.getenv(job.EnvSHA256))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Clean(path), err)
	}
	return &file, nil
}

// userName is the name to log in as where none is said, as ssh(1) has it.
func (a *app) userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return a.getenv("USER")
}

func (a *app) log(format string, args ...any) {
	a.say(time.Now().Format(time.TimeOnly) + ": " + safe.Line(a.mask.String(fmt.Sprintf(format, args...)), 0))
}
