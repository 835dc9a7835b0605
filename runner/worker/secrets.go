package worker

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"scanmaster/runner/job"
)

// checkSecrets wants the secrets that the job file names, and no others.
func (c Config) checkSecrets() error {
	var names job.Secrets
	if c.Job != nil && c.Job.Secrets != nil {
		names = *c.Job.Secrets
	}
	return c.Secrets.Has(names.Worker, names.Script)
}

// inSecret puts before the shell what gives it the script's secrets: it reads them
// from the standard input, where they come before the script, so that they stand in
// no list of processes. A shell reads no more of a pipe than the line that it was
// asked for (POSIX, read); all that sees a secret is built in.
func (c Config) inSecret(shell []string) []string {
	names := slices.Sorted(maps.Keys(c.Secrets.Script))
	if len(names) == 0 {
		return shell
	}
	// Line ends can't stand in a command that the account's shell reads.
	code := `scanmaster_n=$(printf '\nx'); scanmaster_n=${scanmaster_n%x}`
	for _, name := range names {
		code += fmt.Sprintf("; IFS= read -r %s || exit", name)
		if more := strings.Count(c.Secrets.Script[name].Reveal(), "\n"); more > 0 {
			code += fmt.Sprintf(moreLines, more, name)
		}
		code += "; export " + name
	}
	return append([]string{"sh", "-c", code + `; exec "$@"`, "sh"}, shell...)
}

// moreLines reads so many more lines of a variable.
const moreLines = `; scanmaster_i=%d; while [ "$scanmaster_i" -gt 0 ]; do IFS= read -r scanmaster_l || exit; ` +
	`%[2]s=$%[2]s$scanmaster_n$scanmaster_l; scanmaster_i=$((scanmaster_i-1)); done`

// withSecrets gives the script behind the secrets that inSecret has read before it.
func (c Config) withSecrets(script []byte) []byte {
	var first strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.Secrets.Script)) {
		first.WriteString(c.Secrets.Script[name].Reveal() + "\n")
	}
	if first.Len() == 0 {
		return script
	}
	return append([]byte(first.String()), script...)
}
