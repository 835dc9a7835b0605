package job

import (
	"fmt"
	"strings"

	"scanmaster/spec/algorithm"
)

// algorithmList is one of the lists of algorithms that OpenSSH has options for.
type algorithmList struct {
	option string
	kind   algorithm.Kind
	names  *[]string
}

// algorithms are those lists, in the order in which they are written.
func (o *TargetOptions) algorithms() []algorithmList {
	return []algorithmList{
		{"KexAlgorithms", algorithm.KeyExchange, &o.KexAlgorithms},
		{"Ciphers", algorithm.Cipher, &o.Ciphers},
		{"MACs", algorithm.MAC, &o.MACs},
		{"HostKeyAlgorithms", algorithm.HostKey, &o.HostKeyAlgorithms},
	}
}

// Prefer takes lists of algorithms, as OpenSSH's options have them, where none is kept
// yet; empty ones say nothing, and names that aren't known here are passed over. The
// error is that none of a list is left.
func (o *TargetOptions) Prefer(kex, ciphers, macs, hostKeys string) error {
	for i, value := range []string{kex, ciphers, macs, hostKeys} {
		if list := o.algorithms()[i]; value != "" && *list.names == nil {
			if err := list.prefer(value); err != nil {
				return err
			}
		}
	}
	return nil
}

// prefer keeps what is known of a list.
func (l algorithmList) prefer(value string) error {
	sign, names := "", value
	if strings.IndexAny(value, "+-^") == 0 {
		sign, names = value[:1], value[1:]
	}
	var known []string
	for name := range strings.SplitSeq(names, ",") {
		if sign == "-" || l.kind.Known(name) {
			known = append(known, name)
		}
	}
	switch {
	case len(known) > 0:
		return l.parse(sign + strings.Join(known, ","))
	case sign == "":
		return fmt.Errorf("%s: nothing is known here of %s", l.option, value)
	}
	return nil
}

// parse keeps a list where none is kept yet; a bad one is an error anyway.
func (l algorithmList) parse(value string) error {
	names, err := l.kind.Parse(value)
	if err != nil {
		return fmt.Errorf("%s: %w", l.option, err)
	}
	if *l.names == nil {
		*l.names = names
	}
	return nil
}
