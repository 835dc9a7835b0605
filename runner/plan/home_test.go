package plan_test

import (
	"slices"
	"testing"

	"scanmaster/runner/plan"
)

func TestWithoutAHomeAPathFromThereIsNowhere(t *testing.T) {
	for _, c := range []struct{ home, path, want string }{
		{"/home/me", "~/x", "/home/me/x"},
		{"/home/me", "~", "/home/me"},
		{"", "~/x", "/nonexistent/x"},
		{"home", "~/x", "/nonexistent/x"},
		{"", "~", "/nonexistent"},
		{"", "~other/x", "/base/~other/x"},
		{"", "x", "/base/x"},
		{plan.HomePlaceholder, "~/x", "~/x"},
	} {
		if got := plan.Resolve("/base", c.home, c.path); got != c.want {
			t.Errorf("%s from %q is %s, want %s", c.path, c.home, got, c.want)
		}
	}
}

func TestAPlanNamesItsPathsFromHome(t *testing.T) {
	p := plan.Plan{Steps: []plan.Step{
		plan.Check{Files: []plan.File{{Path: "a"}, {Path: "~/b"}, {Path: "~/b"}}},
		plan.Probe{KnownHosts: "~/.ssh/known_hosts", Workers: []plan.Worker{{Identity: "/key"}, {Identity: "~/key"}, {}}},
	}}
	if got, want := p.HomePaths(), []string{"~/b", "~/.ssh/known_hosts", "~/key"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
