package job

import "fmt"

// Through is what passthrough arguments mean to our worker.
type Through struct {
	// Ping and Banner are the checks that are made; -P and -S turn them off.
	Ping, Banner bool
	// ByName connects to the host's name instead of its address: -I.
	ByName bool
}

// ParsePassthrough reads passthrough arguments. Flags that would add hosts,
// redirect output or end option parsing are refused by name, and so are those
// that our worker has no way to honour.
func ParsePassthrough(words []string) (Through, error) {
	t := Through{Ping: true, Banner: true}
	for _, word := range words {
		if len(word) < 2 || word[0] != '-' {
			return Through{}, fmt.Errorf("passthrough %q is no flag, and would add a target", word)
		}
		for i := 1; i < len(word); i++ {
			switch word[i] {
			case 'P':
				t.Ping = false
			case 'S':
				t.Banner = false
			case 'I':
				t.ByName = true
			default:
				return Through{}, fmt.Errorf("passthrough %q: -%c can't be honoured; -I, -P and -S can", word, word[i])
			}
		}
	}
	return t, nil
}
