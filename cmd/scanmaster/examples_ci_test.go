package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// commandLine is how the program is called in a script: what follows its name up
// to what the shell takes for the end of a command.
var commandLine = regexp.MustCompile(`(?m)(?:^|[\s(;&|])scanmaster ([a-z][^|;&>)\n]*)`)

// called gives the words of each command line of the program in the scripts of a
// workflow, or in a script itself.
func called(t *testing.T, file string) [][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	scripts := []string{string(text)}
	if strings.HasSuffix(file, ".yml") {
		var workflow any
		if err := yaml.Unmarshal(text, &workflow); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		scripts = scriptsOf(workflow)
	}
	var lines [][]string
	for _, script := range scripts {
		for line := range strings.Lines(script) {
			if strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			for _, found := range commandLine.FindAllStringSubmatch(line, -1) {
				lines = append(lines, strings.Fields(regexp.MustCompile(` 2?$`).ReplaceAllString(found[1], "")))
			}
		}
	}
	return lines
}

// scriptsOf gives what the workflows of GitHub and GitLab run.
func scriptsOf(value any) []string {
	var all []string
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if key == "run" || key == "script" || key == "before_script" {
				all = append(all, texts(inner)...)
			}
			all = append(all, scriptsOf(inner)...)
		}
	case []any:
		for _, inner := range v {
			all = append(all, scriptsOf(inner)...)
		}
	}
	return all
}

func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, inner := range v {
			all = append(all, texts(inner)...)
		}
		return all
	}
	return nil
}

func TestWhatTheWorkflowsCallIsThere(t *testing.T) {
	for file, least := range map[string]int{"github.yml": 3, "gitlab-ci.yml": 3, "apply-or-resume.sh": 3} {
		lines := called(t, filepath.Join("../../examples/ci", file))
		if len(lines) < least {
			t.Errorf("%s calls the program %d times", file, len(lines))
		}
		for _, words := range lines {
			cmd, rest, err := newRoot(&app{}).Find(words)
			if err == nil {
				err = cmd.ParseFlags(rest)
			}
			if err != nil || cmd.Name() != words[0] {
				t.Errorf("%s: %q: %v", file, words, err)
			}
		}
	}
}

// The flags that the workflows hand on are those of both verbs that may get them.
func TestTheWorkflowsHandOnFlagsThatThereAre(t *testing.T) {
	given := regexp.MustCompile(`apply-or-resume\.sh scan\.yaml .* (--[a-z]+)`)
	for _, file := range []string{"github.yml", "gitlab-ci.yml"} {
		text, err := os.ReadFile(filepath.Join("../../examples/ci", file))
		if err != nil {
			t.Fatal(err)
		}
		found := given.FindAllStringSubmatch(string(text), -1)
		if len(found) != 1 {
			t.Fatalf("%s: %q", file, found)
		}
		for _, verb := range []string{"apply", "resume"} {
			cmd, _, err := newRoot(&app{}).Find([]string{verb})
			if err != nil || cmd.Flags().Lookup(strings.TrimPrefix(found[0][1], "--")) == nil {
				t.Errorf("%s: %s has no %s", file, verb, found[0][1])
			}
		}
	}
}

// What is approved is a plan: the job that applies it gets it from one that has made
// it on the same runners, of the same commits.
func TestWhatIsAppliedIsThePlanThatWasApproved(t *testing.T) {
	for file, applied := range map[string]string{"github.yml": `"$RUNNER_TEMP/plan-main/plan.json"`, "gitlab-ci.yml": "plan.json"} {
		text, err := os.ReadFile(filepath.Join("../../examples/ci", file))
		if err != nil {
			t.Fatal(err)
		}
		var workflow map[string]any
		if err := yaml.Unmarshal(text, &workflow); err != nil {
			t.Fatal(err)
		}
		if jobs, ok := workflow["jobs"].(map[string]any); ok {
			workflow = jobs
		}
		planned, apply := workflow["plan-main"].(map[string]any), workflow["apply"].(map[string]any)
		for _, key := range []string{"if", "runs-on", "tags"} {
			if diff := cmp.Diff(planned[key], apply[key]); diff != "" {
				t.Errorf("%s: %s of plan-main (-) and apply (+):\n%s", file, key, diff)
			}
		}
		if needs := texts(apply["needs"]); !slices.Equal(needs, []string{"plan-main"}) || apply["environment"] != "scan" || planned["environment"] != nil {
			t.Errorf("%s: apply needs %v, in %v", file, needs, apply["environment"])
		}
		script := strings.Join(scriptsOf(apply), "\n")
		if !strings.Contains(script, " "+applied+" --") || strings.Contains(script, "scanmaster plan") {
			t.Errorf("%s: what is applied is not %s: %s", file, applied, script)
		}
		if made := strings.Join(scriptsOf(planned), "\n"); !strings.Contains(made, " scan.yaml --out plan.json ") {
			t.Errorf("%s: no plan is made: %s", file, made)
		}
	}
}

func TestTheWorkflowsTrustNobody(t *testing.T) {
	files, err := filepath.Glob("../../examples/ci/github*.yml")
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	pinned := regexp.MustCompile(`^\s*(- )?uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9.]+$`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "uses:") && !pinned.MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("%s: not pinned: %s", file, line)
			}
		}
		var workflow struct {
			On          map[string]any
			Permissions map[string]string
			Jobs        map[string]struct {
				Permissions map[string]string
				Steps       []struct {
					Uses, Run string
				}
			}
		}
		if err := yaml.Unmarshal(text, &workflow); err != nil {
			t.Fatal(err)
		}
		if workflow.Permissions == nil || len(workflow.Permissions) > 0 {
			t.Errorf("%s: its jobs have %v whatever they say", file, workflow.Permissions)
		}
		if _, ok := workflow.On["pull_request_target"]; ok {
			t.Errorf("%s: a token for what stands in a pull request", file)
		}
		for name, job := range workflow.Jobs {
			writes := strings.Contains(strings.Join(slices.Collect(maps.Values(job.Permissions)), " "), "write")
			for _, step := range job.Steps {
				if writes && strings.Contains(step.Uses, "checkout") {
					t.Errorf("%s: %s checks out, and may write", file, name)
				}
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: %s puts text of others into a script: %s", file, name, step.Run)
				}
			}
		}
	}
}

// A page that GitHub puts together has at most 1 MiB, a comment 65,536 characters:
// what is indented is cut after that, however short its lines are.
func TestWhatIsIndentedIsCutAfterwards(t *testing.T) {
	for file, want := range map[string]int{"github.yml": 2, "github-comment.yml": 1} {
		text, err := os.ReadFile(filepath.Join("../../examples/ci", file))
		if err != nil {
			t.Fatal(err)
		}
		indents := strings.Count(string(text), "| sed 's/^/    /'")
		cut := regexp.MustCompile(`\| sed 's/\^/    /' \| head -c [0-9]+; }`).FindAllString(string(text), -1)
		if indents != want || len(cut) != want {
			t.Errorf("%s: %d of %d are cut", file, len(cut), indents)
		}
	}
}
