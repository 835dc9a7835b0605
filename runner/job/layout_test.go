package job_test

import (
	"path/filepath"
	"testing"

	"scanmaster/runner/job"
)

func TestEverythingIsWhereTheClassicSuiteHasItOrHidden(t *testing.T) {
	l := job.Layout{Dir: "/mnt/scanmaster", Name: "info1", Run: "20261125T023953.000Z-abcdef", Min: "202611250239"}
	const prefix = "/mnt/scanmaster/chunked/info1"
	for got, want := range map[string]string{
		l.Prefix():                       prefix,
		l.StartedFile():                  prefix + "/started",
		l.ChunkDir():                     prefix + "/input/202611250239",
		l.Chunk("xab"):                   prefix + "/input/202611250239/xab",
		l.WorkDir(l.Min, "xab"):          prefix + "/202611250239.xab",
		l.RunDir():                       prefix + "/.run-20261125T023953.000Z-abcdef",
		l.JobFile(1):                     prefix + "/.run-20261125T023953.000Z-abcdef/job.json",
		l.Staged(job.RoleRemote):         prefix + "/.run-20261125T023953.000Z-abcdef/remote",
		l.Log("xab"):                     prefix + "/.run-20261125T023953.000Z-abcdef/log.xab",
		l.JobFile(3):                     prefix + "/.run-20261125T023953.000Z-abcdef/job.3.json",
		l.MasterLog():                    prefix + "/.run-20261125T023953.000Z-abcdef/master.log",
		l.HostKeyDir():                   "/mnt/scanmaster/.scanmaster/host_keys",
		l.HostKeyFile("xab"):             "/mnt/scanmaster/.scanmaster/host_keys/info1.xab",
		l.Apart("/home/s", "xab", 2).Dir: "/home/s/.cache/scanmaster/run.20261125T023953.000Z-abcdef.xab.2",
		job.Layout{Dir: "/"}.Prefix():    "/chunked",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestAWorkersFolderNamesItsChunk(t *testing.T) {
	l := job.Layout{Dir: "/mnt", Name: "info1"}
	for _, chunk := range []string{"xaa", "info1-input", "a.b"} {
		if got, ok := job.ChunkOf(filepath.Base(l.WorkDir("202611250239", chunk))); got != chunk || !ok {
			t.Errorf("%s comes back as %s", chunk, got)
		}
	}
}
