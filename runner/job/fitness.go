package job

import (
	"errors"
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
	// can work. Warnings don't keep it from working. All are raw.
	Wrong, Warnings []string
}

// What begins the lines of Encode.
const (
	pingLine    = "pings by: "
	wrongLine   = "wrong: "
	warningLine = "warning: "
)

// Encode gives it as lines that people read and ParseFitness does, too.
func (f Fitness) Encode() string {
	var out strings.Builder
	add := func(kind string, texts ...string) {
		for _, text := range texts {
			out.WriteString(kind + Words(text) + "\n")
		}
	}
	if f.Ping != "" {
		add(pingLine, f.Ping)
	}
	add(wrongLine, f.Wrong...)
	add(warningLine, f.Warnings...)
	return out.String()
}

// ParseFitness reads what a worker has said, who ended with a status: 0 where
// it can work, 1 where it can't. The error is in the words of whatever has
// said something else.
func ParseFitness(said string, status int) (Fitness, error) {
	var f Fitness
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		if text, ok := strings.CutPrefix(line, pingLine); ok {
			f.Ping = text
		} else if text, ok := strings.CutPrefix(line, wrongLine); ok {
			f.Wrong = append(f.Wrong, text)
		} else if text, ok := strings.CutPrefix(line, warningLine); ok {
			f.Warnings = append(f.Warnings, text)
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
