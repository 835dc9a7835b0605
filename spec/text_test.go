package spec_test

import (
	"encoding"
	"testing"
	"time"

	"scanmaster/spec"
)

func TestValuesAreWrittenInTheirShortestForm(t *testing.T) {
	for want, value := range map[string]interface {
		encoding.TextMarshaler
		String() string
	}{
		"0s":      spec.Duration(0),
		"90ms":    spec.Duration(90 * time.Millisecond),
		"1m":      spec.Duration(time.Minute),
		"1m30s":   spec.Duration(90 * time.Second),
		"2h":      spec.Duration(2 * time.Hour),
		"1h30m":   spec.Duration(90 * time.Minute),
		"1h0m1s":  spec.Duration(time.Hour + time.Second),
		"0":       spec.Size(0),
		"1000":    spec.Size(1000),
		"1KiB":    spec.Size(1024),
		"1025":    spec.Size(1025),
		"16MiB":   spec.Size(16 << 20),
		"4096PiB": spec.Size(1 << 62),
		"7":       spec.Limit{Count: 7},
		"10%":     spec.Limit{Share: 10, Percent: true},
		"2.5%":    spec.Limit{Share: 2.5, Percent: true},
		"0%":      spec.Percent{Given: true},
		"12.5%":   spec.Percent{Share: 12.5, Given: true},
	} {
		text, err := value.MarshalText()
		if err != nil || string(text) != want || value.String() != want {
			t.Errorf("%v is written %s, %v, want %s", value, text, err, want)
		}
	}
}

func TestWrittenValuesAreReadBack(t *testing.T) {
	for _, text := range []string{"90ms", "1h30m", "5m", "0s"} {
		var d spec.Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d.String() != text || d.Std().String() == "" {
			t.Errorf("%s is read as %v, %v", text, d, err)
		}
	}
	for text, want := range map[string]spec.Size{"16MiB": 16 << 20, "100kB": 100_000, "512": 512, "1.5 gb": 1_500_000_000} {
		var s spec.Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s is read as %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"0", "30000", "10%", "0.5%", "100%"} {
		var l spec.Limit
		if err := l.UnmarshalText([]byte(text)); err != nil || l.String() != text {
			t.Errorf("%s is read as %v, %v", text, l, err)
		}
	}
}

func TestAValueThatCannotBeReadIsLeftAlone(t *testing.T) {
	d, s, l, p := spec.Duration(5), spec.Size(5), spec.Limit{Count: 5}, spec.Percent{Share: 5}
	for _, text := range []string{"", "soon", "-", "NaN%", "1e400%", "-1%", "0x10", "99999999999999999999", "101%", "16 XiB", "9EiB"} {
		for _, value := range []encoding.TextUnmarshaler{&d, &s, &l, &p} {
			if err := value.UnmarshalText([]byte(text)); err == nil {
				t.Errorf("%q is read as a %T", text, value)
			}
		}
	}
	if d != 5 || s != 5 || l.Count != 5 || p.Share != 5 || p.Given {
		t.Errorf("left are %v, %v, %v, %v", d, s, l, p)
	}
}

func TestAPercentageOfNothingIsNotNoPercentage(t *testing.T) {
	for text, exceeded := range map[string]bool{"": false, "0%": true, "10%": false, "9.5%": true} {
		var p spec.Percent
		if text != "" {
			if err := p.UnmarshalText([]byte(text)); err != nil || p.String() != text {
				t.Errorf("%s is read as %v, %v", text, p, err)
			}
		}
		if p.IsZero() != (text == "") || p.Exceeded(10, 100) != exceeded {
			t.Errorf("%q: exceeded by 10 of 100: %v", text, !exceeded)
		}
	}
}

func TestALimitIsSoManyOfAll(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "7": 7, "300": 201, "0%": 0, "10%": 21, "0.1%": 1, "100%": 201} {
		var l spec.Limit
		if err := l.UnmarshalText([]byte(text)); err != nil || l.Of(201) != want || l.IsZero() != (want == 0) {
			t.Errorf("%s of 201 are %d, want %d", text, l.Of(201), want)
		}
	}
}
