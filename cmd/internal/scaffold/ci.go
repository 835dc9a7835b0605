package scaffold

import (
	"maps"
	"slices"

	"scanmaster/examples"
)

// workflow is a file of a CI system's, which examples has.
type workflow struct{ from, path string }

// byScript is what all of them call.
var byScript = workflow{"ci/apply-or-resume.sh", "ci/apply-or-resume.sh"}

// systems are the CI systems that there are workflows for.
var systems = map[string][]workflow{
	"github": {
		{"ci/github.yml", ".github/workflows/scan.yml"},
		{"ci/github-comment.yml", ".github/workflows/scan-comment.yml"},
		byScript,
	},
	"gitlab": {{"ci/gitlab-ci.yml", ".gitlab-ci.yml"}, byScript},
}

// Systems are the CI systems that there are workflows for.
func Systems() []string { return slices.Sorted(maps.Keys(systems)) }

// workflows gives the files for a CI system; none where it isn't named.
func workflows(system string) []File {
	var all []File
	for _, w := range systems[system] {
		text, err := examples.CI.ReadFile(w.from)
		if err != nil {
			panic(err) // the binary was built without it
		}
		all = append(all, File{Path: w.path, Text: text, Executable: w == byScript})
	}
	return all
}
