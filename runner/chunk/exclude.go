package chunk

import (
	"errors"
	"io"
)

// Exclude is a set of hosts and addresses that are never scanned. A nil set is
// empty.
type Exclude struct{ fields map[string]struct{} }

// ReadExclude reads lists of targets; both fields of a line are excluded.
func ReadExclude(lists ...io.Reader) (*Exclude, error) {
	x := &Exclude{fields: make(map[string]struct{})}
	for _, list := range lists {
		r := NewReader(list)
		for {
			t, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, err
			}
			x.fields[t.Host], x.fields[t.IP] = struct{}{}, struct{}{}
		}
	}
	return x, nil
}

// Has reports whether a target's host or address is in the set, exactly.
func (x *Exclude) Has(t Target) bool {
	if x == nil || len(x.fields) == 0 {
		return false
	}
	_, host := x.fields[t.Host]
	_, ip := x.fields[t.IP]
	return host || ip
}
