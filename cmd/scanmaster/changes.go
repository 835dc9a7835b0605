package main

import (
	"strings"

	"github.com/spf13/cobra"

	"scanmaster/runner/plan"
	"scanmaster/spec"
	"scanmaster/spec/open"
)

// changes is what a command line has otherwise than the scan file. What was typed is
// understood by parse.
type changes struct {
	set, limit []string
	settings   []spec.Setting
	part       plan.Limit
}

// add adds the flags to a verb's.
func (c *changes) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&c.set, "set", nil, "say `key=value` in the place of the scan file, such as jobs=10; may be repeated")
	complete(cmd, "set", settable)
}

// addAll adds the flag that takes a part of the targets, too.
func (c *changes) addAll(cmd *cobra.Command) {
	c.add(cmd)
	cmd.Flags().StringArrayVar(&c.limit, "limit", nil, "scan only the first `n` targets, or these hosts: 20, web1,db*; may be repeated")
	complete(cmd, "limit", noFile)
}

// settable completes the keys that may be set.
func settable(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var keys []string
	for _, key := range spec.Keys() {
		if strings.HasPrefix(key, word) {
			keys = append(keys, key+"=")
		}
	}
	return keys, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// parse understands what was typed.
func (c *changes) parse(cmd *cobra.Command) error {
	for _, text := range c.set {
		setting, err := spec.ParseSetting(text)
		if err != nil {
			return misuse(cmd, "", "--set %q %w", text, err)
		}
		c.settings = append(c.settings, setting)
	}
	var err error
	if c.part, err = plan.ParseLimit(c.limit); err != nil {
		return misuse(cmd, "", "--limit %q %w", strings.Join(c.limit, ","), err)
	}
	return nil
}

// planned are the changes that a plan was made with.
func planned(p plan.Plan) (c changes, err error) {
	for _, text := range p.Summary.Set {
		setting, err := spec.ParseSetting(text)
		if err != nil {
			return c, err
		}
		c.settings = append(c.settings, setting)
	}
	c.part = p.Summary.Limit
	return c, nil
}

// none tells that all is as the scan file says.
func (c *changes) none() bool { return len(c.settings) == 0 && c.part.IsZero() }

// from reads a scan file, changed so; files opens it and those that it names.
func (c *changes) from(path string, files open.Opener) source {
	s := fromFile(path, files, c.settings...)
	s.limit, s.flags = c.part, c.flags()
	return s
}

// flags are those that say the same again.
func (c *changes) flags() []string {
	var flags []string
	for _, setting := range c.settings {
		flags = append(flags, "--set="+setting.String())
	}
	if !c.part.IsZero() {
		flags = append(flags, "--limit="+strings.TrimPrefix(c.part.String(), "--limit "))
	}
	return flags
}
