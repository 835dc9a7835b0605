package sshconfig

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Port reads a port, which may be the name of a service. The error begins with "is".
func Port(text string) (int, error) {
	n, err := new(net.Resolver).LookupPort(context.Background(), "tcp", text) // it reads a file at the most
	if err != nil || n < 1 {
		return 0, fmt.Errorf("is a number from 1 to 65535, or a service's name, not %q", text)
	}
	return n, nil
}

// longest is the longest time that is one.
const longest = 1 << 20 * time.Second

// Seconds reads a time, by itself or with its units (sshd_config(5), TIME FORMATS). The
// error begins with "is".
func Seconds(text string) (int, error) {
	word := strings.ToLower(text)
	if _, err := strconv.Atoi(word); err == nil {
		word += "s"
	}
	d, err := time.ParseDuration(word)
	if err != nil || d < time.Second || d > longest || d%time.Second != 0 {
		return 0, fmt.Errorf("is a time of a second or more, such as 30 or 1m, not %q", text)
	}
	return int(d / time.Second), nil
}
