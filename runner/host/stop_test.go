package host_test

import (
	"strings"
	"testing"

	"scanmaster/runner/host"
	"scanmaster/runner/plan"
)

func TestAWorkerIsEndedWithWhatItHasStarted(t *testing.T) {
	for name, trap := range map[string]string{"willing": "", "deaf": "trap '' TERM\n"} {
		t.Run(name, func(t *testing.T) {
			c, layout := launchOf(t, plan.ViaProcess)
			bin := t.TempDir()
			tool(t, bin, "scanslave", strings.Replace(works, "\n", "\n"+trap, 1))
			p := newPlace(t, "PATH="+bin+":/usr/bin:/bin", "FOLDER="+layout.Prefix())
			if err := p.Launch(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			sign(t, p.Host, layout, host.Working)
			grace := patience
			if trap != "" {
				grace = 10 * soon
			}
			if err := p.Stop(t.Context(), layout, "xaa", grace); err != nil {
				t.Fatal(err)
			}
			sign(t, p.Host, layout, host.Ended)
			if err := p.Stop(t.Context(), layout, "xaa", grace); err != nil {
				t.Errorf("one that has ended: %v", err)
			}
		})
	}
}
