package job_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/job"
)

func TestAMarkComesBackAsItWas(t *testing.T) {
	run := job.NewRun(time.Unix(1795574393, 0))
	done := job.DoneMark{
		Run: run, Chunk: "xaa", Host: "scan1", Lines: 20, Outcomes: 20, Counts: map[string]int64{"ok": 19, "exit_3": 1},
		PostChunk: -1, PostChunkTail: "line\nwith \x1b[31m and \"quotes\"",
	}
	data := done.Encode()
	if got, ok := job.ParseDone(data); !ok || !reflect.DeepEqual(got, done) {
		t.Errorf("%+v, %v, want %+v", got, ok, done)
	}
	progress := job.ProgressMark{Run: run, Chunk: "xaa", Beat: 7, Lines: 20, Done: 3, Counts: map[string]int64{"ok": 3}}
	if got, ok := job.ParseProgress(progress.Encode()); !ok || !reflect.DeepEqual(got, progress) {
		t.Errorf("%+v, %v, want %+v", got, ok, progress)
	}
	for _, mark := range []string{string(data), string(progress.Encode())} {
		if strings.Count(mark, "\n") != 1 || !strings.HasSuffix(mark, "\n") || strings.Contains(mark, "\x1b") {
			t.Errorf("%q is not one printable line", mark)
		}
	}
}

func TestAMastersSignIsNeverTheSameTwice(t *testing.T) {
	seen := make(map[string]bool)
	for _, master := range []string{"process 7 of root on vm", "process 7 of root on vm2"} {
		for beat := range int64(20) {
			sign := string(job.MasterSign(beat, master))
			if seen[sign] || strings.Count(sign, "\n") != 1 || !strings.HasSuffix(sign, master+"\n") {
				t.Errorf("%q is no sign, or was one before", sign)
			}
			seen[sign] = true
		}
	}
}

func TestAHooksTailNeedNotBeUTF8(t *testing.T) {
	done := job.DoneMark{Run: "r", PostChunkTail: "a\xffb"}
	if got, ok := job.ParseDone(done.Encode()); !ok || got.PostChunkTail != "a\ufffdb" {
		t.Errorf("%+v, %v", got, ok)
	}
}

func TestWhatIsNoneOfOursIsNoMark(t *testing.T) {
	for _, text := range []string{
		job.DateLine(time.Unix(1795574393, 0)), // a classic worker's
		"", "\n", "{}", "null", "[]", "7", `{"run":""}`, `{"run":7}`, `{"run":"r"`, `{"run":"r"}{}`, "\x00",
	} {
		if got, ok := job.ParseDone([]byte(text)); ok {
			t.Errorf("%q is taken for %+v", text, got)
		}
		if got, ok := job.ParseProgress([]byte(text)); ok {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestAMarkMayHoldWhatALaterVersionAdds(t *testing.T) {
	if got, ok := job.ParseDone([]byte(`{"run":"r","lost":3}`)); !ok || got.Run != "r" {
		t.Errorf("%+v, %v", got, ok)
	}
}
