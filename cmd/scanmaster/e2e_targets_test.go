//go:build e2e

package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	"scanmaster/cmd/internal/ground"
)

// ways are all that may come of a target, with how many there are of each. Of
// the 34 targets 30 are real SSH servers.
var ways = []way{
	{name: "fine", n: 9, sorted: "ok", output: "hello\nSCAN_ENV stays behind: yes\n"},
	{name: "lines", n: 3, sorted: "ok", output: "one\n\ntwo\n\tthree \\n\n"},
	{name: "silent", n: 2, sorted: "ok", output: "\n"},
	{name: "big", n: 2, sorted: "ok", output: strings.Repeat("x", 2<<20) + "\n"},
	{name: "exit3", n: 4, sorted: "exit_3", output: "three\n"},
	{name: "exit255", n: 2, sorted: "nossh"},
	{name: "signal", n: 2, sorted: "nossh"},
	{name: "hang", n: 2, sorted: "nossh"},
	{name: "refused", n: 3, sorted: "nossh"},
	{name: "noping", n: 1, sorted: "noping"},
	{name: "closed", n: 2, sorted: "nosshd"},
	{name: "mute", n: 2, sorted: "nosshd"},
}

// script is what runs on every target. KIND is in the environment that the
// target's sshd gives.
const script = `#!/bin/sh
case $KIND in
fine)
	echo hello
	[ -z "${GREETING-}" ] && echo "SCAN_ENV stays behind: yes"
	echo "what goes to stderr is dropped" >&2 ;;
lines) printf 'one\r\ntwo\n\tthree \\n\n\n\n' ;;
big) head -c 2097152 /dev/zero | tr '\0' x ;;
exit3) echo three; exit 3 ;;
exit255) exit 255 ;;
signal) kill -TERM $$ ;;
hang) sleep 100 ;;
esac
`

// way is one thing that may come of a target.
type way struct {
	name string
	// n counts the targets.
	n int
	// sorted is the class it belongs to; output is its output in the results.
	sorted, output string
	addrs          []string
}

// field is all targets, up and running.
type field struct {
	key  ground.Key
	port int
	ways []way
}

// newField starts all targets. Each way has its own network in 127/8.
func newField(t *testing.T) field {
	t.Helper()
	f := field{key: ground.NewKey(t), port: ground.FreePort(t, "127.7.0.1"), ways: make([]way, len(ways))}
	for i, w := range ways {
		for n := range w.n {
			w.addrs = append(w.addrs, fmt.Sprintf("127.7.%d.%d", i+1, n+1))
		}
		f.ways[i] = f.start(t, w)
	}
	return f
}

func (f field) start(t *testing.T, w way) way {
	t.Helper()
	server := ground.Server{Authorized: f.key.Public, Env: map[string]string{"KIND": w.name}}
	switch w.name {
	case "closed":
		return w
	case "mute":
		for _, addr := range w.addrs {
			ground.Mute(t, f.at(addr))
		}
		return w
	case "refused":
		server.Authorized = ground.NewKey(t).Public
	case "noping":
		host := ground.SilentHost(t)
		w.addrs, server.Namespace = []string{host.Addr}, host.Name
	}
	for _, addr := range w.addrs {
		server.Listen = append(server.Listen, f.at(addr))
	}
	server.Start(t)
	return w
}

func (f field) at(addr string) string { return net.JoinHostPort(addr, strconv.Itoa(f.port)) }

// target is one line of the input.
type target struct {
	way      way
	host, ip string
}

// line is the target as results other than hosts_ok and hosts_exit_N show it.
func (t target) line() string {
	if t.ip == "" || t.ip == t.host {
		return t.host
	}
	return t.host + " " + t.ip
}

// record is the target in hosts_ok or hosts_exit_N.
func (t target) record() string {
	ip := t.ip
	if ip == t.host {
		ip = ""
	}
	return t.host + "," + ip + "," + t.way.output
}

// targets gives all targets, mixed, each with a name and an address.
func (f field) targets() []target {
	var all []target
	for n := range 16 {
		for _, w := range f.ways {
			if n < w.n {
				all = append(all, target{way: w, host: fmt.Sprintf("%s%d", w.name, n+1), ip: w.addrs[n]})
			}
		}
	}
	return all
}

// input is a list of targets as people write them: with comments, blank lines,
// tabs, indentation, CRLF, and no newline at the end.
func input(all []target) string {
	text := "# all that there are\n\n  \t\n   # indented\n"
	for i, t := range all {
		form := []string{"%s %s\n", "  %s\t%s\n", "%s   %s  \r\n"}[i%3]
		if t.ip == "" || t.ip == t.host {
			text += t.host + "\n"
			continue
		}
		text += fmt.Sprintf(form, t.host, t.ip)
	}
	return strings.TrimRight(text, "\r\n ")
}

// byClass gives the lines that results of each class must hold.
func byClass(all []target) map[string][]string {
	classes := make(map[string][]string)
	for _, t := range all {
		class := t.way.sorted
		if class == "ok" || strings.HasPrefix(class, "exit_") {
			classes[class] = append(classes[class], t.record())
		} else {
			classes[class] = append(classes[class], t.line()+"\n")
		}
		classes["checked"] = append(classes["checked"], t.line()+"\n")
	}
	return classes
}
