package job_test

import (
	"strings"
	"testing"

	"scanmaster/runner/job"
)

func TestPassthroughSaysWhatIsChecked(t *testing.T) {
	for line, want := range map[string]job.Through{
		"":         {Ping: true, Banner: true},
		"-P":       {Banner: true},
		"-S":       {Ping: true},
		"-I":       {Ping: true, Banner: true, ByName: true},
		"-PS":      {},
		"-P -S -I": {ByName: true},
		"-SPI -P":  {ByName: true},
	} {
		if got, err := job.ParsePassthrough(strings.Fields(line)); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", line, got, err, want)
		}
	}
}

func TestPassthroughThatCannotBeHonouredIsRefusedByName(t *testing.T) {
	for line, want := range map[string]string{
		"-H":     "-H can't be honoured",
		"-B":     "-B can't be honoured",
		"-PB":    "-B can't be honoured",
		"-o":     "-o can't be honoured",
		"-f/x":   "-f can't be honoured",
		"--":     "-- can't be honoured",
		"-I web": `"web" is no flag`,
		"-":      `"-" is no flag`,
	} {
		got, err := job.ParsePassthrough(strings.Fields(line))
		if err == nil || !strings.Contains(err.Error(), want) || got != (job.Through{}) {
			t.Errorf("%s: %+v, %v, want an error with %q", line, got, err, want)
		}
	}
	if _, err := job.ParsePassthrough([]string{""}); err == nil {
		t.Error("an empty word is taken")
	}
}
