// Command bench measures scanmaster against the floor that the SSH handshake
// sets and against the tools that one would take instead, on this machine. All
// its targets are SSH servers in a process of their own, on loopback.
//
//	bench [flags] throughput   one worker, and a whole apply, against a bare loop
//	bench [flags] peers        pdsh, clush, parallel-ssh, parallel and xargs, where they are there
//	bench [flags] dead         targets that stay silent or don't answer among live ones
//	bench [flags] split        a list of ten million lines into 64 chunks, against split(1)
//	bench [flags] growth       a million targets against ten thousand
//	bench [flags] loud         targets that write a mebibyte each
//	bench [flags] idle         what a master costs that waits
//	bench [flags] wait         from the last .done file to the aggregator
//	bench [flags] start        plan against version
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// options are what may be said on the command line.
type options struct {
	targets, jobs, pairs int
	kex                  string
}

// verbs are what can be measured; each prints its table.
var verbs = map[string]func(context.Context, options) error{
	"throughput": throughput, "peers": peers, "dead": dead, "split": split, "wait": wait, "start": start,
	"growth": growth, "loud": loud, "idle": idle,
}

// parts are what the processes of a measurement do; they take no flags.
var parts = map[string]func(context.Context, []string) error{"crowd": crowd, "floor": floor}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && parts[args[0]] != nil {
		return parts[args[0]](ctx, args[1:])
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.targets, "targets", 0, "how many `targets` there are; 0 is as many as the measurement is made for")
	flags.IntVar(&o.jobs, "jobs", 175, "how many targets are in hand at a time")
	flags.IntVar(&o.pairs, "pairs", 7, "how often each is run, one after the other")
	flags.StringVar(&o.kex, "kex", "", "the key exchange `method`; empty is the library's choice")
	if err := flags.Parse(args); err != nil {
		return err
	}
	verb := verbs[flags.Arg(0)]
	if verb == nil || flags.NArg() != 1 {
		return errors.New("say what to measure, one of: " + strings.Join(sortedNames(verbs), ", "))
	}
	return verb(ctx, o)
}
