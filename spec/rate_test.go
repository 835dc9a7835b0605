package spec_test

import (
	"testing"

	"scanmaster/spec"
)

func TestARateIsWrittenAsItIsRead(t *testing.T) {
	for text, want := range map[string]float64{"200/s": 200, "90/m": 1.5, "0.5/s": 0.5, "100000/s": 100000, "6000000/m": 100000} {
		var r spec.Rate
		if err := r.UnmarshalText([]byte(text)); err != nil || r.PerSecond() != want || r.String() != text {
			t.Errorf("%s: %v, %g a second, written %s", text, err, r.PerSecond(), r)
		}
	}
	if (spec.Rate{}).String() != "" || !(spec.Rate{}).IsZero() {
		t.Error("no rate is one")
	}
	for _, text := range []string{"", "200", "/s", "-1/s", "1/h", "1 /s", "0/s", "0.0/m", "100001/s", "1e3/s", "NaN/s"} {
		r := spec.Rate{Count: 7}
		if err := r.UnmarshalText([]byte(text)); err == nil || r.Count != 7 {
			t.Errorf("%q is taken for %v", text, r)
		}
	}
}
