package forecast_test

import (
	"testing"
	"time"

	"scanmaster/cmd/internal/forecast"
)

func TestTimesAreToldAsPreciselyAsTheyAreKnown(t *testing.T) {
	for in, want := range map[string][2]string{ // what is left, what has passed
		"-3s":      {"0s", "0s"},
		"900ms":    {"0s", "0s"},
		"59.9s":    {"59s", "59s"},
		"63s":      {"1m05s", "1m03s"},
		"9m59s":    {"10m", "9m59s"},
		"12m31s":   {"13m", "12m31s"},
		"59m40s":   {"1h00m", "59m40s"},
		"3h20m10s": {"3h20m", "3h20m"},
		"50h":      {"2d", "2d"},
	} {
		d, err := time.ParseDuration(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{forecast.Span(d), forecast.Took(d)}; got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestRatesAreToldWithTwoDigits(t *testing.T) {
	for rate, want := range map[float64]string{
		0: "", -1: "", 0.0001: "0.1/min", 0.05: "3.0/min", 0.5: "30/min", 0.96: "1.0/s", 3.24: "3.2/s", 9.97: "10/s", 38.4: "38/s", 1180.2: "1,180/s",
	} {
		if got := forecast.Speed(rate); got != want {
			t.Errorf("%v: %q, want %q", rate, got, want)
		}
	}
}
