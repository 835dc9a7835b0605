package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"scanmaster/cmd/internal/classic"
	"scanmaster/cmd/internal/render"
	"scanmaster/cmd/internal/safe"
	"scanmaster/cmd/internal/scaffold"
	"scanmaster/runner/job"
	"scanmaster/spec"
)

const initHelp = `init DIR makes the files that a scan begins with: scan.yaml, in which six keys are
said and all others stand as comments, remote.sh, targets.txt, and the schema for
editors. Nothing is written over what is there: then nothing is written at all.

With --host the workers are these hosts, and not this machine. Each is asked for its
key, and shown with its fingerprint on the terminal; what you confirm goes into
known_hosts. Where there is no terminal nobody is asked, and none is recorded.

With --ci there are workflows for GitHub or GitLab, too: plan on pull requests, apply
on the protected branch. Their first lines say what they need. DIR is the root of
the repository then.

init --from-args prints the scan file that does what scanmaster does with the
classic suite's command line, and with SCAN_ENV from the environment:

  scanmaster init --from-args -- -n info1 -i info1-input -r remote.sh >info1.yaml

Its paths are relative to the folder where it is kept, as those on the command
line are to the working directory. Nothing is run, contacted or written.`

func newInit(a *app) *cobra.Command {
	var fromArgs bool
	var hosts []string
	var system string
	cmd := &cobra.Command{
		Use:                   "init DIR [--host HOST,…]... [--ci github|gitlab] | --from-args -- " + classicUse,
		Short:                 "make the files of a scan, or print the scan file that a classic command line says",
		Long:                  initHelp,
		ValidArgsFunction:     folders,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case fromArgs && len(hosts) > 0:
				return misuse(cmd, "", "--host can't go with --from-args: -w names the workers")
			case fromArgs && system != "":
				return misuse(cmd, "", "--ci can't go with --from-args, which makes no files")
			case fromArgs:
				return a.initFromArgs(cmd, args)
			case len(args) == 0:
				return misuse(cmd, "", "name a folder, or say --from-args -- and a classic command line")
			case len(args) > 1:
				return misuse(cmd, "", "%q is one argument too many", args[1])
			case system != "" && !slices.Contains(scaffold.Systems(), system):
				return misuse(cmd, "", "--ci %q is neither github nor gitlab", system)
			}
			workers, err := workersNamed(cmd, hosts)
			if err != nil {
				return err
			}
			return a.init(cmd.Context(), args[0], scaffold.Config{Hosts: workers, CI: system})
		},
	}
	cmd.Flags().BoolVar(&fromArgs, "from-args", false, "from a classic command line, which follows --")
	cmd.Flags().StringSliceVar(&hosts, "host", nil, "a worker `host`, or several with commas between them; may be repeated")
	complete(cmd, "host", noFile)
	cmd.Flags().StringVar(&system, "ci", "", "make workflows for a `system`, too: github or gitlab")
	complete(cmd, "ci", oneOf(scaffold.Systems()...))
	return cmd
}

// workersNamed are the hosts of a command line, each once.
func workersNamed(cmd *cobra.Command, hosts []string) ([]string, error) {
	var workers []string
	for _, host := range hosts {
		if slices.Contains(workers, host) {
			continue
		}
		if err := spec.CheckHost(host); err != nil {
			return nil, misuse(cmd, "", "--host %q %w", host, err)
		}
		workers = append(workers, host)
	}
	return workers, nil
}

// initFromArgs prints what a classic command line says.
func (a *app) initFromArgs(cmd *cobra.Command, args []string) error {
	line := classicCommand(a, func(_ context.Context, file classic.File, _ classic.Line) error {
		if scan := inline(file); scan.problems.HasErrors() {
			if err := scan.show(a, scan.problems); !isInvalid(err) {
				return err
			}
			return &exitError{status: exitUsage}
		}
		_, err := fmt.Fprintf(a.stdout, "# scanmaster %s\n%s", safe.Line(job.QuoteAll(args), 0), file.Text)
		return err
	})
	line.SetArgs(args)
	return dressed(a, line).ExecuteContext(cmd.Context())
}

// init makes the files of a scan, and says what comes next.
func (a *app) init(ctx context.Context, dir string, c scaffold.Config) error {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	c.Name = scaffold.NameOf(filepath.Base(whole))
	there, err := scaffold.There(dir, scaffold.Files(c))
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return fmt.Errorf("nothing is written over what is there: %s; name another folder, or move them away", strings.Join(there, ", "))
	}
	keys, unrecorded, err := a.workerKeys(ctx, c.Hosts)
	if err != nil {
		return err
	}
	c.Keys = keys
	files := scaffold.Files(c)
	if err := scaffold.Write(dir, files); err != nil {
		return err
	}
	var out strings.Builder
	for _, f := range files {
		fmt.Fprintf(&out, "%s\n", render.Path(filepath.Join(dir, f.Path)))
	}
	known := filepath.Join(dir, scaffold.KnownHosts)
	for _, u := range unrecorded {
		a.say(u.mend(known))
	}
	if _, err := os.Stat(filepath.Join(dir, ".git")); c.CI != "" && err != nil {
		a.say(safe.Line(dir+" is no root of a repository yet, which is where a CI system looks for its workflows", 0))
	}
	scan := job.Quote(filepath.Join(dir, scaffold.ScanFile))
	for _, verb := range []string{"validate", "plan", "apply"} {
		fmt.Fprintf(&out, "next: scanmaster %s %s\n", verb, safe.Line(scan, 0))
	}
	_, err = fmt.Fprint(a.stdout, out.String())
	return err
}

// unrecorded is a worker host whose key is not in known_hosts, and why.
type unrecorded struct {
	host string
	why  error
}

// errUnconfirmed tells that somebody was asked about a key and didn't confirm it.
var errUnconfirmed = errors.New("you did not confirm it")

// mend says how the key gets there.
func (u unrecorded) mend(known string) string {
	host := job.Quote(u.host)
	return safe.Line(fmt.Sprintf("the key of %s is not recorded: %v", u.host, u.why), 0) + "\n" +
		safe.Line("  where ssh "+u.host+" knows it: ssh-keygen -F "+host+" >>"+job.Quote(known), 0) + "\n" +
		safe.Line("  else ssh-keyscan "+host+", when its fingerprint (ssh-keygen -lf -) is the one that is shown there", 0)
}
