package runner_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scanmaster/runner/job"
	"scanmaster/runner/worker"
)

// The runner starts workers as processes of its own binary. Here that is the
// test's, which works as one when it is called as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		if err := work(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func work(words []string) error {
	if os.Getenv("TEST_WORKER_FAILS") != "" {
		return fmt.Errorf("told to fail")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	args, err := job.ParseArgs(words)
	if err != nil {
		return err
	}
	targets, err := job.ParseSSHOPTS(os.Getenv("SSHOPTS"))
	if err != nil {
		return err
	}
	data, err := os.ReadFile(os.Getenv(job.EnvFile))
	if err != nil {
		return err
	}
	file, err := job.DecodeFile(data, os.Getenv(job.EnvSHA256))
	if err != nil {
		return err
	}
	_, err = worker.Run(ctx, worker.Config{
		Args: args, Targets: targets, Job: &file, Environ: os.Environ(),
		User: "test", Host: "here", Temp: os.TempDir(), Now: time.Now,
		Log: func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) },
	})
	return err
}
