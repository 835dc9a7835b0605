// Package ci tells the CI system that a run is carried out in what goes on: by
// commands in its log, and by a page of its own. All text is escaped, so that
// nothing but this package drives the log.
package ci

import (
	"io"

	"scanmaster/runner"
)

// System is a CI system.
type System string

// The systems; Auto is the one that the environment tells of.
const (
	Auto   System = "auto"
	GitHub System = "github"
	GitLab System = "gitlab"
	None   System = "none"
)

// Systems are all words for one.
var Systems = []string{string(Auto), string(GitHub), string(GitLab), string(None)}

// Here gives the system that the environment tells of.
func Here(getenv func(string) string) System {
	switch {
	case getenv("GITHUB_ACTIONS") == "true":
		return GitHub
	case getenv("GITLAB_CI") == "true":
		return GitLab
	}
	return None
}

// Log is a log that lines and commands go to.
type Log struct {
	// Reporter writes the lines; it may be one of events as JSON.
	runner.Reporter
	// Between has a command written between two of them.
	Between func(func(io.Writer) error) error
}

// say writes one command. Of an error in writing the lines before have told.
func (l Log) say(command string) {
	_ = l.Between(func(w io.Writer) error {
		_, err := io.WriteString(w, command)
		return err
	})
}
