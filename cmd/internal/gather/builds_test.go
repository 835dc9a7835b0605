package gather_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scanmaster/cmd/internal/gather"
	"scanmaster/runner/plan"
	"scanmaster/spec/open"
)

func TestAllBinariesThatMayRunHaveTheirDigests(t *testing.T) {
	scan, dir := lay(t, map[string]string{
		"scan.yaml": "version: 1\nname: a\ninput: t\nremote: r\nhosts: [scan1]\ndeploy_from: builds\n",
		"t":         "web1\n", "r": "true\n", "self": "this one",
		"builds/scanmaster_linux_arm64": "arm", "builds/scanmaster_linux_amd64": "amd", "builds/README": "no build",
	})
	facts, _ := gather.Facts(t.Context(), scan, "/home/me", open.Anywhere)
	got, err := gather.Builds(scan, facts, filepath.Join(dir, "self"), open.Anywhere)
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Build{
		{System: plan.ThisBuild, SHA256: sum("this one")},
		{System: "linux/amd64", SHA256: sum("amd")}, {System: "linux/arm64", SHA256: sum("arm")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := os.RemoveAll(filepath.Join(dir, "builds")); err != nil {
		t.Fatal(err)
	}
	scan.DeployFrom = "elsewhere" // which only workers on other hosts would need
	if got, err := gather.Builds(scan, facts, filepath.Join(dir, "self"), open.Anywhere); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	scan.DeployFrom = "builds"
	for _, self := range []string{filepath.Join(dir, "self"), filepath.Join(dir, "nowhere")} {
		if _, err := gather.Builds(scan, facts, self, open.Anywhere); err == nil {
			t.Errorf("%s: what isn't there has a digest", self)
		}
	}
}

func sum(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
