package past_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
)

// frame gives a line of a record, whole, whatever its body says.
func frame(kind byte, body any) string {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	const tail = `,"crc":"00000000"}` + "\n"
	line := fmt.Sprintf(`{"len":"%07d","k":"%c",%s`, len(`{"len":"0000000","k":"o",`)+len(text)-2+len(tail), kind, text[1:len(text)-1])
	return fmt.Sprintf(`%s,"crc":"%08x"}`+"\n", line, crc32.Checksum([]byte(line), crc32.MakeTable(crc32.Castagnoli)))
}

// FuzzHostileRecord reads a record that whoever can write to the share has forged:
// its lines are whole, and what they say may be anything.
func FuzzHostileRecord(f *testing.F) {
	s := pasttest.New(f, "audit")
	s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\nweb2\nweb3\n", Came: said("fine")})
	record := s.Path(pasttest.Folder("xaa"), job.Record)
	f.Add(int64(1), int64(0), int64(11), "web1", "", "ok", "hosts_ok", 0, "")
	f.Add(int64(2), int64(0), int64(1)<<62, "web2", "", "ok", "hosts_ok", 0, "torn")
	f.Add(int64(1), int64(-5), int64(-1), "web1", "10.0.0.1", "exit", "hosts_exit_3", 3, "")
	f.Add(int64(1)<<30, int64(0), int64(9), "", strings.Repeat("x", 99), "exit", "../../secret", 300, "{")
	f.Fuzz(func(t *testing.T, line, offset, length int64, host, ip, class, file string, status int, rest string) {
		header := frame('h', map[string]any{"format": 1, "run": first, "chunk": "xaa"})
		outcome := map[string]any{
			"line": line, "host": host, "ip": ip, "class": class, "status": status, "phase": "run",
			"file": file, "offset": offset, "length": length, "sum": 7,
		}
		forged := header + frame('o', outcome)
		outcome["line"], outcome["offset"] = line+1, offset+length
		if err := os.WriteFile(record, []byte(forged+frame('o', outcome)+rest), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := past.Open(t.Context(), s.Dir, s.Name, first)
		if err != nil {
			t.Fatal(err)
		}
		targets := 0
		for target, err := range r.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			targets++
			if !target.Output.Is() {
				continue
			}
			out, err := r.OpenOutput(target.Output)
			if err == nil {
				_, err = io.Copy(io.Discard, out)
				err = errors.Join(err, out.Close())
			}
			if err == nil || !errors.Is(err, past.ErrChanged) && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("an output that no worker has left: %v", err)
			}
		}
		if err := r.Close(); err != nil || targets != 3 {
			t.Errorf("%d targets, %v", targets, err)
		}
	})
}
