package chunk_test

import (
	"errors"
	"strings"
	"testing"

	"scanmaster/runner/chunk"
)

func TestALineIsHostAndIPWhateverStandsAroundThem(t *testing.T) {
	for _, c := range []struct{ line, text, host, ip string }{
		{"web1", "web1", "web1", "web1"},
		{"web1 10.0.0.5", "web1 10.0.0.5", "web1", "10.0.0.5"},
		{"web1\t10.0.0.5\n", "web1 10.0.0.5", "web1", "10.0.0.5"},
		{" \t web1 \t  10.0.0.5  \t\r\n", "web1 10.0.0.5", "web1", "10.0.0.5"},
		{"web1\r", "web1", "web1", "web1"},
		{"web1 rack 7, row 3 10.0.0.5", "web1 rack 7, row 3 10.0.0.5", "web1", "10.0.0.5"},
		{"\ufeffweb1", "web1", "web1", "web1"},
		{"\ufeff  web1", "web1", "web1", "web1"},
		{"\ufeff \ufeff\ufeffweb1", "web1", "web1", "web1"},
		{"build_host.example.com.", "build_host.example.com.", "build_host.example.com.", "build_host.example.com."},
		{"bücher.example", "bücher.example", "bücher.example", "bücher.example"},
		{"web1 10.0.0.5:2222", "web1 10.0.0.5:2222", "web1", "10.0.0.5:2222"},
		{"web1 [2001:db8::7]:22", "web1 [2001:db8::7]:22", "web1", "[2001:db8::7]:22"},
		{"fe80::1%eth0", "fe80::1%eth0", "fe80::1%eth0", "fe80::1%eth0"},
		{strings.Repeat("a", chunk.MaxLine) + "\r\n", strings.Repeat("a", chunk.MaxLine), strings.Repeat("a", chunk.MaxLine), strings.Repeat("a", chunk.MaxLine)},
	} {
		got, ok, err := chunk.ParseLine([]byte(c.line))
		want := chunk.Target{Text: c.text, Host: c.host, IP: c.ip}
		if !ok || err != nil || got != want {
			t.Errorf("ParseLine(%.40q) = %+v, %v, %v, want %+v", c.line, got, ok, err, want)
		}
	}
}

func TestCommentsAndBlankLinesAreNoTargets(t *testing.T) {
	for _, line := range []string{
		"", "\n", "\r\n", " \t \r\n", "# web1", "#", "\t # web1", "\ufeff# web1", "\ufeff",
		"# " + strings.Repeat("long ", chunk.MaxLine), "#\x00$(reboot)\xff",
	} {
		if got, ok, err := chunk.ParseLine([]byte(line)); ok || err != nil || got != (chunk.Target{}) {
			t.Errorf("ParseLine(%.40q) = %+v, %v, %v, want nothing", line, got, ok, err)
		}
	}
}

func TestWhatMayNotBeScannedIsRefusedWithAReasonAndItsText(t *testing.T) {
	const (
		hyphen, name, port     = "hyphen", "character that none has", "a port is a number"
		control, utf8, colons  = "control character", "no valid UTF-8", "colons stand"
		brackets, long, option = "brackets stand", "longer than 4096", "-oProxyCommand=reboot"
	)
	for line, reason := range map[string]string{
		option: hyphen, "web1 " + option: hyphen, "-": hyphen,
		"web1,web2": name, "web1 10.0.0.5,": name, `"web1"`: name, "web'1": name, "$HOME": name, "`id`": name,
		"a;b": name, "a|b": name, "a&b": name, "<a": name, ">a": name, "(a)": name, `a\b`: name, "*": name, "web?": name,
		"!a": name, "web1#": name, "../web1": name, "root@web1": name, "a=b": name, "{a,b}": name, "~root": name,
		"web[1]": name, "a%b": name, "web\u00a01": name, "web\u202e1": name, "fe80::1%a]b": name, "fe80::1%$(id)": name,
		"web1:0": port, "web1:65536": port, "web1:ssh": port, "web1:": port, "web1:-1": port, "web1:+22": port,
		"[2001:db8::7]:": port, "web1:99999999999999999999": port, "web1 10.0.0.5:0": port,
		"web1\x00": control, "web1\x1b[31m": control, "web1\r10.0.0.5": control, "web1\v10.0.0.5": control,
		"web1 \x7f 10.0.0.5": control, "web1 \u009b 10.0.0.5": control, "web1\r\r\n": control,
		"web1 \xff 10.0.0.5": utf8, "w\xc3": utf8,
		":22": colons, "web1:22:22": colons, "::g": colons,
		"web1 10.0.0.5 # main": "a line of its own", "web1 #1 10.0.0.5": "a line of its own", "web1\t#rack 7": "a line of its own",
		"[web1]:22": brackets, "[10.0.0.5]": brackets, "[2001:db8::7": brackets, "[2001:db8::7]22": brackets, "[]": brackets,
		strings.Repeat("a", chunk.MaxLine+1):               long,
		strings.Repeat("a ", chunk.MaxLine):                long,
		strings.Repeat("a\t\t", chunk.MaxLine):             long,
		strings.Repeat("a", chunk.MaxLine+1) + " 10.0.0.5": long,
	} {
		got, ok, err := chunk.ParseLine([]byte(line))
		bad := new(chunk.LineError)
		if !ok || !errors.As(err, &bad) || bad.Line != 0 || !strings.Contains(bad.Reason, reason) {
			t.Errorf("ParseLine(%.40q) = %v, %v, want a reason with %q", line, ok, err, reason)
		}
		if got.Text == "" || len(got.Text) > chunk.MaxLine+2 {
			t.Errorf("ParseLine(%.40q) gives the text %.40q", line, got.Text)
		}
	}
}

func TestWhatIsCutOffALongLineMakesItNoTargetElsewhere(t *testing.T) {
	for _, line := range []string{
		strings.Repeat("a", 2*chunk.MaxLine), strings.Repeat("a ", chunk.MaxLine), " " + strings.Repeat("a\t ", chunk.MaxLine),
		"web1" + strings.Repeat(" 1234567", chunk.MaxLine/8) + "890" + " 10.0.0.5",
	} {
		cut, _, _ := chunk.ParseLine([]byte(line))
		if _, ok, err := chunk.ParseLine([]byte(cut.Text + "\n")); !ok || err == nil {
			t.Errorf("what is kept of %.20q… is taken for a target", line)
		}
	}
}

func TestAnErrorDoesNotQuoteTheLine(t *testing.T) {
	_, _, err := chunk.ParseLine([]byte("root:$6$secret:19000:0:99999:7:::"))
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "root") {
		t.Errorf("the error is %v", err)
	}
}

func TestALineErrorSaysWhereItIsWhenItKnows(t *testing.T) {
	bad := &chunk.LineError{Line: 7, Reason: "it is wrong"}
	if got := bad.Error(); got != "line 7: it is wrong" {
		t.Error(got)
	}
	bad.Line = 0
	if got := bad.Error(); got != "it is wrong" {
		t.Error(got)
	}
}
