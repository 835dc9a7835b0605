package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/tkill"
	"scanmaster/runner/job"
	"scanmaster/runner/plan"
)

// completer says what a word of a command line could be, behind those that are
// there.
type completer = cobra.CompletionFunc

// noFile is where nothing can be proposed, and a file would be wrong.
func noFile(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// folders completes the names of folders.
func folders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// oneOf completes one of some words.
func oneOf(words ...string) completer {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// oneOfEach completes one word of each list, in their order.
func oneOfEach(lists ...[]string) completer {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) >= len(lists) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return lists[len(args)], cobra.ShellCompDirectiveNoFileComp
	}
}

// authModes completes how to log in to targets.
func authModes() completer { return oneOf("pubkey", "password", "all") }

// signals completes the names of signals.
func signals() completer { return oneOf(tkill.Signals()...) }

// scanFile is what a scan file's name ends in.
var scanFile = []string{"yaml", "yml"}

// scanFiles completes so many scan files; most 0 is no bound.
func scanFiles(most int) completer {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return scanFile, cobra.ShellCompDirectiveFilterFileExt
	}
}

// scanAnd completes a scan's name or its file, and then what follows it.
func scanAnd(next completer) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return next(cmd, args, word)
		}
		names := scanNames(cmd, word)
		if len(names) == 0 {
			return scanFile, cobra.ShellCompDirectiveFilterFileExt
		}
		// A shell is told either words or how files end.
		for _, ending := range scanFile {
			there, _ := filepath.Glob(word + "*." + ending) // what is no pattern matches nothing
			names = append(names, there...)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// scanName completes the name of a scan that there was.
func scanName(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return scanNames(cmd, word), cobra.ShellCompDirectiveNoFileComp
}

// scanNames gives the scans below the shared folder whose names begin so.
func scanNames(cmd *cobra.Command, begin string) []string {
	dir, err := cmd.Flags().GetString("dir")
	if err != nil || dir == "" {
		dir = job.DefaultDir
	}
	return unlessItHangs(func() []string {
		entries, _ := os.ReadDir(filepath.Join(dir, job.ChunkedDir)) // nothing is known where it can't be read
		var names []string
		for _, e := range entries {
			if e.IsDir() && strings.HasPrefix(e.Name(), begin) && job.CheckName(e.Name()) == nil {
				names = append(names, e.Name())
			}
		}
		return names
	})
}

// workerHosts completes the worker hosts of a scan's last run.
func (a *app) workerHosts(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) != 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	dir, _ := cmd.Flags().GetString("dir") // a flag of attach
	return unlessItHangs(func() []string {
		p, err := a.lastPlan(args[0], dir)
		if err != nil {
			return nil
		}
		var names []string
		for _, w := range slices.DeleteFunc(slices.Clone(probeOf(p).Workers), func(w plan.Worker) bool { return w.Local }) {
			names = append(names, w.Name)
		}
		return names
	}), cobra.ShellCompDirectiveNoFileComp
}

// unlessItHangs gives what is found, and nothing where the shared folder hangs:
// who types waits for it.
func unlessItHangs(find func() []string) []string {
	found := make(chan []string, 1)
	go func() { found <- find() }()
	select {
	case names := <-found:
		return names
	case <-time.After(hangs):
		return nil
	}
}

// completesClassic tells that a shell asks what could stand in a classic command
// line.
func completesClassic(words []string) bool {
	asked := len(words) > 1 && (words[0] == cobra.ShellCompRequestCmd || words[0] == cobra.ShellCompNoDescRequestCmd)
	return asked && strings.HasPrefix(words[1], "-")
}

// complete has the values of a flag completed.
func complete(cmd *cobra.Command, flag string, by completer) {
	if err := cmd.RegisterFlagCompletionFunc(flag, by); err != nil {
		panic(err) // it is no flag of ours, or twice
	}
}
