package spec

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxHostLine bounds a line of a worker file, in bytes.
const maxHostLine = 1 << 20

// ParseHosts reads a worker file in the classic format: every blank-separated
// word is a worker, but from a word that begins with # to the end of its line.
// The error tells the line, and what is wrong with it, and never quotes it.
func ParseHosts(r io.Reader) (Hosts, error) {
	var hosts Hosts
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxHostLine)
	n := 1
	for ; lines.Scan(); n++ {
		for word := range strings.FieldsSeq(lines.Text()) {
			if strings.HasPrefix(word, "#") {
				break
			}
			host := bare(word)
			if problem, _ := workerHost(host); problem != "" {
				return nil, fmt.Errorf("line %d: a word %s", n, problem)
			}
			hosts = append(hosts, Host{Host: host})
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("line %d: is over %d MiB", n, maxHostLine>>20)
	} else if err != nil {
		return nil, err
	}
	return hosts, nil
}
