package main

import (
	"strings"

	"github.com/spf13/cobra"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// changes is what a command line has otherwise than the scan file.
type changes struct {
	set, limit []string
}

// add adds the flags to a verb's.
func (c *changes) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&c.set, "set", nil, "say `key=value` in the place of the scan file, such as jobs=10; may be repeated")
	complete(cmd, "set", settable)
}

// addLimit adds the flag that takes a part of the targets.
func (c *changes) addLimit(cmd *cobra.Command) {
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

// load reads a scan file, changed so.
func (c *changes) load(cmd *cobra.Command, path string) (source, error) {
	settings := make([]spec.Setting, len(c.set))
	for i, text := range c.set {
		var err error
		if settings[i], err = spec.ParseSetting(text); err != nil {
			return source{}, misuse(cmd, "", "--set %q %w", text, err)
		}
	}
	limit, err := plan.ParseLimit(c.limit)
	if err != nil {
		return source{}, misuse(cmd, "", "--limit %q %w", strings.Join(c.limit, ","), err)
	}
	from := fromFile(path, settings...)
	from.limit = limit
	return from, nil
}

// flags are those that say the same again.
func (c *changes) flags() []string {
	var flags []string
	for _, text := range c.set {
		flags = append(flags, "--set="+text)
	}
	for _, text := range c.limit {
		flags = append(flags, "--limit="+text)
	}
	return flags
}
