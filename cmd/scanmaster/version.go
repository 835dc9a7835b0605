package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:                   "version",
		Short:                 "print the version",
		Args:                  files(0, 0),
		ValidArgsFunction:     noFile,
		DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, version())
			return err
		},
	}
}

// built is the version that a release is built as, by -ldflags "-X
// main.built=v1.2.3"; empty, the Go tool's word holds.
var built string

// version says which build this is: of the module, and of the repository where
// the build knows it.
func version() string {
	release, revision := built, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		release = cmp.Or(release, info.Main.Version)
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = fmt.Sprintf(" %.12s", s.Value)
			}
		}
	}
	return fmt.Sprintf("scanmaster %s%s %s %s/%s", cmp.Or(release, "(devel)"), revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
