package render

import (
	"slices"
	"strings"

	"scanmaster/runner/plan"
	"scanmaster/spec/algorithm"
)

// offers says which algorithms targets are offered, where the scan names them.
func offers(a plan.Algorithms) string {
	return join(
		named("kex", algorithm.KeyExchange, a.KEX), named("ciphers", algorithm.Cipher, a.Ciphers),
		named("macs", algorithm.MAC, a.MACs), named("host keys", algorithm.HostKey, a.HostKeys),
	)
}

// named lists algorithms, and says which of them are weak; nothing where there
// are none.
func named(what string, kind algorithm.Kind, names []string) string {
	if len(names) == 0 {
		return ""
	}
	weak, shown := kind.Weak(), slices.Clone(names)
	for i, name := range names {
		if slices.Contains(weak, name) {
			shown[i] += " (weak)"
		}
	}
	return what + " " + strings.Join(shown, ", ")
}
