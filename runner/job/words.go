package job

import "strings"

// Program begins every line in which the program complains of an error.
const Program = "scanmaster: "

// Words gives what a program has said in one line, for a message: its lines in
// a row, without the name that ours begins them with.
func Words(said string) string {
	var all strings.Builder
	between := ""
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		for strings.HasPrefix(line, Program) {
			line = strings.TrimSpace(strings.TrimPrefix(line, Program))
		}
		if line == "" {
			continue
		}
		all.WriteString(between + line)
		between = "; "
		if strings.HasSuffix(line, ":") {
			between = " "
		}
	}
	return all.String()
}
