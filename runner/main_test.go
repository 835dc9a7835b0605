package runner_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scanmaster/runner/job"
	"scanmaster/runner/worker"
)

// glance is the pause between two looks for something to happen.
const glance = 5 * time.Millisecond

// The runner starts workers as processes of its own binary. Here that is the
// test's, which works as one when it is called as one.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "scanslave" {
		asWorker(os.Args[1:])
	}
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		asWorker(os.Args[2:])
	}
	if len(os.Args) == 3 && os.Args[1] == "master" {
		asMaster(os.Args[2])
	}
	// Under the race detector every worker would wait a second at its end.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	// Scans mostly wait, so that many go beside each other on a small machine.
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

func asWorker(words []string) {
	if len(words) == 1 && words[0] == "--version" {
		fmt.Println("scanmaster of the runner's tests")
		os.Exit(0)
	}
	if err := work(words); err != nil {
		fmt.Fprintln(os.Stderr, job.Program+err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

func work(words []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	args, check, err := job.ParseCheck(words)
	if !check {
		args, err = job.ParseArgs(words)
	}
	if err != nil {
		return err
	}
	targets, err := job.ParseSSHOPTS(os.Getenv("SSHOPTS"))
	if err != nil {
		return err
	}
	config := worker.Config{
		Args: args, Targets: targets, Environ: os.Environ(), AgentSocket: os.Getenv("SSH_AUTH_SOCK"),
		Home: os.Getenv("HOME"), User: "test", Host: "here", Temp: os.TempDir(), Path: os.Getenv("PATH"), Now: time.Now,
		Log: func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) },
	}
	if jobs := os.Getenv("TEST_WORKER_JOBS"); jobs != "" {
		config.Args.Jobs = job.Jobs(atoi(jobs)) // a host that is slower than the others
	}
	if check {
		f := worker.Fit(ctx, config)
		fmt.Print(f.Encode())
		if len(f.Wrong) > 0 {
			return fmt.Errorf("it could not work")
		}
		return nil
	}
	if os.Getenv("TEST_WORKER_FAILS") != "" {
		return fmt.Errorf("told to fail\n%sin two lines", job.Program)
	}
	data, err := os.ReadFile(os.Getenv(job.EnvFile))
	if err != nil {
		return err
	}
	file, err := job.DecodeFile(data, os.Getenv(job.EnvSHA256))
	if err != nil {
		return err
	}
	config.Job = &file
	_, err = worker.Run(ctx, config)
	return err
}
