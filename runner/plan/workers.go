package plan

import (
	"strconv"
	"strings"

	"scanmaster/spec"
)

// workersOf gives every host a name of its own: the host, with its port where
// the host stands with several, and a number where that isn't enough.
func workersOf(hosts spec.Hosts) []Worker {
	ports := make(map[string]map[int]bool)
	for _, h := range hosts {
		if ports[h.Host] == nil {
			ports[h.Host] = make(map[int]bool)
		}
		ports[h.Host][portOf(h)] = true
	}
	names := make([]string, len(hosts))
	uses := make(map[string]int)
	for i, h := range hosts {
		names[i] = h.Host
		if len(ports[h.Host]) > 1 {
			names[i] = bracketed(h.Host) + ":" + strconv.Itoa(portOf(h))
		}
		uses[names[i]]++
	}
	number(names, uses)
	workers := make([]Worker, len(hosts))
	for i, h := range hosts {
		workers[i] = Worker{
			Name: names[i], Host: h.Host, User: h.User, Port: h.Port, Identity: h.Identity,
			Local: h.Host == spec.Local,
		}
	}
	return workers
}

// number appends -1, -2 … to the names that stand more than once, leaving out
// numbers that would make another's name.
func number(names []string, uses map[string]int) {
	next := make(map[string]int)
	for i, name := range names {
		if uses[name] < 2 {
			continue
		}
		for {
			next[name]++
			numbered := name + "-" + strconv.Itoa(next[name])
			if uses[numbered] == 0 {
				names[i] = numbered
				break
			}
		}
	}
}

func portOf(h spec.Host) int {
	if h.Port == 0 {
		return spec.DefaultPort
	}
	return h.Port
}

// bracketed tells the colons of an IPv6 address from the one before a port.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
