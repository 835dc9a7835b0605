package job

import (
	"errors"
	"fmt"
	"strings"
)

// DefaultDir is the shared folder where nothing is said.
const DefaultDir = "/mnt/scanmaster"

// DefaultRemote is the script where nothing is said, in the worker's folder.
const DefaultRemote = "./remote.sh"

// Argv gives the words that follow the program's name.
func (a Args) Argv() []string {
	words := []string{"-A", a.Auth}
	if a.Attended {
		words = append(words, "-H")
	}
	words = append(words, "-d", a.Dir, "-r", a.Remote)
	if a.PostChunk != "" {
		words = append(words, "-p", a.PostChunk)
	}
	words = append(words, "-n", a.Jobs.String(), a.Name)
	if a.ChunkFile != "" {
		words = append(words, a.ChunkFile)
	}
	if len(a.Passthrough) > 0 {
		words = append(append(words, "--"), a.Passthrough...)
	}
	return words
}

// CheckArgv gives the words that ask a worker to look at its own set-up: the
// same without the chunk.
func (a Args) CheckArgv() []string {
	a.ChunkFile = ""
	return append([]string{CheckFlag}, a.Argv()...)
}

// UsageError is a command line that can't be understood.
type UsageError struct{ Err error }

// Error says what is wrong with it.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the error that says so.
func (e *UsageError) Unwrap() error { return e.Err }

// ErrHelp is asked for by -h.
var ErrHelp = errors.New("help is asked for")

// ParseArgs reads the words that follow the program's name, by the rules of
// getopt(3): flags may stand together, a value may stand with its flag, and
// flags end at the first operand. What isn't said gets the classic defaults,
// but for the post-chunk hook, which there is none of unless it is said. Errors
// are of type *UsageError; the error is ErrHelp for -h.
func ParseArgs(words []string) (Args, error) {
	a := defaults()
	rest, err := eachFlag(words, withValue, a.set)
	if err == nil {
		err = a.operands(rest)
	}
	if err == nil || errors.Is(err, ErrHelp) {
		return a, err
	}
	return Args{}, &UsageError{err}
}

// ParseCheck reads words as CheckArgv gives them, as ParseArgs does; asked tells
// whether they are.
func ParseCheck(words []string) (a Args, asked bool, err error) {
	if len(words) == 0 || words[0] != CheckFlag {
		return Args{}, false, nil
	}
	a = defaults()
	rest, err := eachFlag(words[1:], withValue, a.set)
	switch {
	case err != nil:
	case len(rest) == 0:
		err = errors.New("NAME is missing")
	default:
		err = a.named(rest[0], rest[1:])
	}
	if err != nil && !errors.Is(err, ErrHelp) {
		return Args{}, true, &UsageError{err}
	}
	return a, true, err
}

// defaults are the classic ones.
func defaults() Args {
	return Args{Auth: "pubkey", Dir: DefaultDir, Remote: DefaultRemote, Jobs: DefaultJobs}
}

// withValue are the flags that take a value.
const withValue = "Adrpn"

func (a *Args) set(flag byte, value string) error {
	switch flag {
	case 'A':
		if err := CheckAuth(value); err != nil {
			return err
		}
		a.Auth = value
	case 'H':
		a.Attended = true
	case 'd':
		a.Dir = value
	case 'r':
		a.Remote = value
	case 'p':
		a.PostChunk = value
	case 'n':
		n, err := ParseJobs(value)
		if err != nil {
			return err
		}
		a.Jobs = n
	case 'h':
		return ErrHelp
	default:
		return fmt.Errorf("there is no flag -%c", flag)
	}
	return nil
}

// CheckAuth says whether a way to authenticate is one.
func CheckAuth(mode string) error {
	if mode != "pubkey" && mode != "password" && mode != "all" {
		return fmt.Errorf("-A is pubkey, password or all, not %q", mode)
	}
	return nil
}

func (a *Args) operands(words []string) error {
	if len(words) < 2 {
		return errors.New("NAME and CHUNKFILE are missing")
	}
	a.ChunkFile = words[1]
	if a.ChunkFile == "" {
		return errors.New("a path is empty")
	}
	return a.named(words[0], words[2:])
}

// named reads the scan's name, and what follows the chunk.
func (a *Args) named(name string, rest []string) error {
	a.Name = name
	if a.Dir == "" || a.Remote == "" {
		return errors.New("a path is empty")
	}
	if err := CheckName(a.Name); err != nil {
		return err
	}
	if len(rest) > 0 {
		if rest[0] != "--" {
			return fmt.Errorf("%q is one operand too many; passthrough begins with --", rest[0])
		}
		if len(rest) > 1 {
			a.Passthrough = rest[1:]
		}
	}
	return nil
}

// eachFlag walks over flags as getopt(3) does and gives the operands. Those
// flags that are in valued take a value.
func eachFlag(words []string, valued string, set func(flag byte, value string) error) ([]string, error) {
	for len(words) > 0 {
		word := words[0]
		if len(word) < 2 || word[0] != '-' {
			return words, nil
		}
		words = words[1:]
		if word == "--" {
			return words, nil
		}
		for i := 1; i < len(word); i++ {
			flag, value := word[i], ""
			if strings.IndexByte(valued, flag) >= 0 {
				value, i = word[i+1:], len(word)
				if value == "" {
					if len(words) == 0 {
						return nil, fmt.Errorf("-%c wants a value", flag)
					}
					value, words = words[0], words[1:]
				}
			}
			if err := set(flag, value); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}
