package chunk

// inName are the characters of names and addresses that need no second look.
var inName = func() (in [256]bool) {
	for c := range in {
		in[c] = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '_'
	}
	return in
}()

// plain gives the length, in bytes and with its end, of the first line where it
// is a good one that stands there as it is written out; else 0, and ParseLine
// knows. Most lines of a very long list are plain, and looking at each byte once
// is what makes the list short.
func plain(lines []byte) int {
	for i := 0; i < len(lines); i++ {
		first := i
		for i < len(lines) && inName[lines[i]] {
			i++
		}
		switch {
		case i == first || i == len(lines) || i > MaxLine || lines[first] == '-':
			return 0
		case lines[i] == '\n':
			return i + 1
		case lines[i] != ' ':
			return 0
		}
	}
	return 0
}
