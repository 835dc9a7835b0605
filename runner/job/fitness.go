package job

import (
	"errors"
	"slices"
	"strings"
)

// CheckFlag stands before a worker's command line that has no chunk: the worker
// then looks at its own set-up, says what it finds, and ends.
const CheckFlag = "--check"

// By what a worker pings targets. Of two workers that do it in different ways
// one may see hosts that the other doesn't.
const (
	PingSocket  = "an ICMP socket"
	PingProgram = "ping(8)"
)

// Fitness is what a worker has found of its own set-up: the keys for the
// targets, a way to ping them, room for temporary files.
type Fitness struct {
	// Ping is PingSocket or PingProgram; empty where pings are off, or there
	// is no way.
	Ping string
	// Wrong is what keeps it from working, each with its mend; none where it
	// can work. Warnings don't keep it from working. Found is what is well.
	Wrong, Warnings, Found []Finding
}

// What begins the lines of Encode.
const (
	pingLine    = "pings by: "
	wrongLine   = "wrong: "
	warningLine = "warning: "
	foundLine   = "found: "
	// aboutLine says what the lines after it are about.
	aboutLine = "about: "
)

// Encode gives it as lines that people read and ParseFitness does, too.
func (f Fitness) Encode() string {
	var out strings.Builder
	if f.Ping != "" {
		out.WriteString(pingLine + Words(f.Ping) + "\n")
	}
	about := AboutSetup
	for _, kind := range []struct {
		line string
		all  []Finding
	}{{wrongLine, f.Wrong}, {warningLine, f.Warnings}, {foundLine, f.Found}} {
		for _, one := range kind.all {
			if one.About != about {
				about = one.About
				out.WriteString(aboutLine + string(about) + "\n")
			}
			out.WriteString(kind.line + Words(one.Text) + "\n")
		}
	}
	return out.String()
}

// ParseFitness reads what a worker has said, who ended with a status: 0 where
// it can work, 1 where it can't. The error is in the words of whatever has
// said something else.
func ParseFitness(said string, status int) (Fitness, error) {
	var f Fitness
	about := AboutSetup // as those say all who don't say what about
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		if text, ok := strings.CutPrefix(line, pingLine); ok {
			f.Ping = text
		} else if text, ok := strings.CutPrefix(line, aboutLine); ok && slices.Contains(Abouts, About(text)) {
			about = About(text)
		} else if text, ok := strings.CutPrefix(line, wrongLine); ok {
			f.Wrong = append(f.Wrong, Finding{about, text})
		} else if text, ok := strings.CutPrefix(line, warningLine); ok {
			f.Warnings = append(f.Warnings, Finding{about, text})
		} else if text, ok := strings.CutPrefix(line, foundLine); ok {
			f.Found = append(f.Found, Finding{about, text})
		}
	}
	if fit := len(f.Wrong) == 0; fit && status == 0 || !fit && status == 1 {
		return f, nil
	}
	if words := Words(said); words != "" {
		return Fitness{}, errors.New(words)
	}
	return Fitness{}, errors.New("it says nothing")
}
