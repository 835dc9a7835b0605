package runner

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// TestWhatWasAuditedCountsWhileTheRecordIsTheSame changes a record after it was
// audited, in each of the ways that there are: it must be read again then.
func TestWhatWasAuditedCountsWhileTheRecordIsTheSame(t *testing.T) {
	t.Parallel()
	const folder = "w.xaa"
	for name, c := range map[string]struct {
		change func(path string) error
		same   bool
	}{
		"untouched": {func(string) error { return nil }, true},
		"longer": {func(path string) error {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString("\n")
			}
			if err == nil {
				err = f.Close()
			}
			return err
		}, false},
		"written over": {func(path string) error {
			later := time.Now().Add(time.Second)
			return os.Chtimes(path, later, later)
		}, false},
		"another file of that size and time": {func(path string) error {
			was, err := os.Stat(path)
			if err == nil {
				err = os.WriteFile(path+"2", make([]byte, was.Size()), 0o600)
			}
			if err == nil {
				err = os.Chtimes(path+"2", was.ModTime(), was.ModTime())
			}
			if err == nil {
				err = os.Rename(path+"2", path)
			}
			return err
		}, false},
		"gone":               {os.Remove, false},
		"gone with its room": {func(path string) error { return os.RemoveAll(filepath.Dir(path)) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			prefix, work := roomOf(t, folder)
			audited, err := result.AuditFolder(work, 0)
			if err != nil || audited.File == (share.Stamp{}) {
				t.Fatalf("%+v, %v: want the file that was audited", audited, err)
			}
			var a audits
			if _, ok := a.still(prefix)[folder]; ok {
				t.Error("what nobody audited is known")
			}
			a.keep(folder, audited)
			if err := c.change(work.Path(job.Record)); err != nil {
				t.Fatal(err)
			}
			if _, ok := a.still(prefix)[folder]; ok != c.same {
				t.Errorf("taken for the same: %v", ok)
			}
		})
	}
}

// roomOf makes a folder with an empty record below a prefix.
func roomOf(t *testing.T, folder string) (prefix, work *share.Dir) {
	t.Helper()
	prefix, err := share.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = prefix.Close() })
	if work, err = prefix.Make(folder); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = work.Close() })
	if err := work.WriteFile(job.Record, nil); err != nil {
		t.Fatal(err)
	}
	return prefix, work
}
