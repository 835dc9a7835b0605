package job

import (
	"encoding/json"
	"testing"
)

func TestJobsAreANumberOrAuto(t *testing.T) {
	for j, want := range map[Jobs]string{175: `175`, JobsAuto: `"auto"`} {
		data, err := json.Marshal(Args{Jobs: j}.Jobs)
		if err != nil || string(data) != want {
			t.Errorf("%v: %s, %v", j, data, err)
		}
		var back Jobs
		if err := json.Unmarshal(data, &back); err != nil || back != j {
			t.Errorf("%s: read back as %v, %v", data, back, err)
		}
		if parsed, err := ParseJobs(j.String()); err != nil || parsed != j {
			t.Errorf("-n %v: %v, %v", j, parsed, err)
		}
	}
	for _, bad := range []string{"", "0", "-1", "Auto", "many"} {
		if got, err := ParseJobs(bad); err == nil {
			t.Errorf("-n %s is taken for %v", bad, got)
		}
	}
}
