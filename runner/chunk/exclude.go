package chunk

import (
	"bytes"
	"errors"
	"io"
)

// Exclude is a set of hosts and addresses that are never scanned. A nil set is
// empty.
type Exclude struct{ fields map[string]struct{} }

// ReadExclude reads lists of the same form as lists of targets; the host and
// the IP field of each line are excluded. A bad line is an error, a
// *LineError: what isn't understood can't be kept from being scanned.
func ReadExclude(lists ...io.Reader) (*Exclude, error) {
	x := &Exclude{fields: make(map[string]struct{})}
	for _, list := range lists {
		if err := x.add(NewReader(list)); err != nil {
			return nil, err
		}
	}
	return x, nil
}

func (x *Exclude) add(list *Reader) error {
	for {
		t, err := list.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		x.put(t.Host)
		x.put(t.IP)
	}
}

// put takes a field in.
func (x *Exclude) put(field string) { x.fields[bracketless(field)] = struct{}{} }

// bracketless gives the address that stands in brackets without a port.
func bracketless(field string) string {
	if host, port, reason := splitPort(field); port == 0 && reason == "" {
		return host
	}
	return field
}

// Has reports whether a target's host or IP field is in the set, exactly as it
// is spelled there. What is in the set without a port is excluded at every
// port.
func (x *Exclude) Has(t Target) bool {
	if x == nil || len(x.fields) == 0 {
		return false
	}
	return x.has(t.Host) || t.IP != t.Host && x.has(t.IP)
}

// hasPlain is Has for a plain line, whose fields have no ports.
func (x *Exclude) hasPlain(line []byte) bool {
	if x == nil || len(x.fields) == 0 {
		return false
	}
	host, ip := plainFields(line)
	if _, found := x.fields[string(host)]; found {
		return true
	}
	_, found := x.fields[string(ip)]
	return found
}

// plainFields gives the host and the IP field of a plain line.
func plainFields(line []byte) (host, ip []byte) {
	i := bytes.IndexByte(line, ' ')
	if i < 0 {
		return line, line
	}
	return line[:i], line[bytes.LastIndexByte(line, ' ')+1:]
}

func (x *Exclude) has(field string) bool {
	if _, found := x.fields[field]; found {
		return true
	}
	host, _, _ := splitPort(field)
	_, found := x.fields[host]
	return found
}
