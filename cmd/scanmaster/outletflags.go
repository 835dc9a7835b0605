package main

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/ci"
)

// outletFlags say where a run is told of beside its log.
type outletFlags struct {
	// junit is the file of a JUnit report; empty for none.
	junit string
	// system is the CI system that is spoken to; empty is as ci.None.
	system ci.System
}

func (f *outletFlags) add(cmd *cobra.Command) {
	f.system = ci.Auto
	cmd.Flags().StringVar(&f.junit, "junit", "", "write a JUnit report to a `file`")
	cmd.Flags().Var(systemFlag{&f.system}, "ci", "the CI system to speak to: auto, github, gitlab or none")
	complete(cmd, "ci", oneOf(ci.Systems...))
}

// systemFlag reads a CI system.
type systemFlag struct{ system *ci.System }

func (f systemFlag) String() string { return string(*f.system) }
func (f systemFlag) Type() string   { return "system" }

func (f systemFlag) Set(word string) error {
	if !slices.Contains(ci.Systems, word) {
		return errors.New("there are auto, github, gitlab and none")
	}
	*f.system = ci.System(word)
	return nil
}
