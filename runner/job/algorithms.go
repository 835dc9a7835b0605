package job

import (
	"fmt"

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
