package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/pflag"
)

// count is the value of a flag that takes a whole number. It is decimal, as in a
// shell's scripts: a zero in front makes it no octal one.
type count struct {
	at    *int
	least int
}

// countFlag makes a flag that takes a whole number; what at holds is the default.
func countFlag(flags *pflag.FlagSet, at *int, name, short string, least int, usage string) {
	flags.VarP(count{at, least}, name, short, usage)
}

func (c count) Set(word string) error {
	value, err := strconv.ParseUint(word, 10, 31)
	if err != nil || int(value) < c.least {
		return fmt.Errorf("it takes a whole number, %d or more", c.least)
	}
	*c.at = int(value)
	return nil
}

func (c count) String() string {
	if c.at == nil {
		return "0" // pflag asks one of its own making
	}
	return strconv.Itoa(*c.at)
}

func (c count) Type() string { return "int" }
