package merge

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scanmaster/runner/chunk"
)

func TestAClassicWorkersFilesAreMerged(t *testing.T) {
	s := newScan(t)
	c := s.chunk("xaa", "web1 10.0.0.1\nweb2\nweb3\nweb3\nweb4\nweb5\nweb6\n")
	sub := c.Dir + "/output/" + wminute + "/"
	long := strings.Repeat("y", 100_000)
	s.write(sub+"xaa/hosts_ok", "web1,10.0.0.1,one\nweb9,,not a host of ours\ntwo\nweb2,,"+long+"\n")
	s.write(sub+"xaa/hosts_checked", "web1 10.0.0.1\nweb2\n")
	s.write(sub+"xab/hosts_ok", "web3,,a\nb")
	s.write(sub+"xab/hosts_exit_3", "web4,,bad\nworse\n")
	s.write(sub+"xab/hosts_noping", "web5\nweb77\n")
	s.write(sub+"xab/hosts_nossh", "")
	s.write(sub+"xab/hosts_other", "what is this?\n")
	s.write(sub+"xab/notes", "a hook's\n")
	s.write(sub+".hidden/xaa/hosts_ok", "web6,,hidden\n")
	r := s.merge()
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "hosts_other") {
		t.Errorf("warnings %q", r.Warnings)
	}
	counted, err := Count(t.Context(), s.prefix, minute, c)
	if err != nil || !maps.Equal(counted.Tally.Counts, map[string]int64{"ok": 3, "exit_3": 1, "noping": 1}) {
		t.Errorf("counted %v, %v", counted, err)
	}
	var missing []string
	for _, host := range []string{"web1", "web2", "web3", "web3", "web4", "web5", "web6"} {
		if counted.Missing(chunk.Target{Host: host}) {
			missing = append(missing, host)
		}
	}
	if !slices.Equal(missing, []string{"web3", "web6"}) {
		t.Errorf("missing: %q", missing)
	}
	if r.Targets != 7 || r.Unsorted != 2 || r.Tally.Total() != 5 || r.Tally.Counts["exit_3"] != 1 {
		t.Errorf("%+v", r)
	}
	s.want(map[string]string{
		"ok":       "web1,10.0.0.1,one\nweb2,," + long + "\nweb3,,a\n",
		"output":   "web1,10.0.0.1,one\nweb9,,not a host of ours\ntwo\nweb2,," + long + "\nweb3,,a\nb\n",
		"exit_3":   "web4,,bad\nworse\n",
		"noping":   "web5\nweb77\n",
		"checked":  "web1 10.0.0.1\nweb2\n",
		"input":    "web1 10.0.0.1\nweb2\nweb3\nweb3\nweb4\nweb5\nweb6\n",
		"unsorted": "web3\nweb6\n",
		"count":    "7 input\n2 checked\n3 ok\n1 exit_3\n1 noping\n3 output\n2 unsorted\n",
	})
}

func TestAClassicWorkerWithoutResultsLeavesAllUnsorted(t *testing.T) {
	s := newScan(t)
	c := s.chunk("xaa", "web1\n")
	s.write(c.Dir+"/.slave", "scan1\n")
	if r := s.merge(); r.Unsorted != 1 || r.Targets != 1 {
		t.Errorf("%+v", r)
	}
	s.want(map[string]string{"input": "web1\n", "unsorted": "web1\n", "count": "1 input\n1 unsorted\n"})
}

func TestALinkAmongClassicResultsIsRefused(t *testing.T) {
	for _, name := range []string{"output", "output/" + wminute + "/xaa/hosts_noping"} {
		s := newScan(t)
		c := s.chunk("xaa", "web1\n")
		s.write(c.Dir+"/output/"+wminute+"/xaa/hosts_noping", "web1\n")
		s.link(c.Dir + "/" + name)
		if _, err := Merge(t.Context(), s.prefix, minute, s.chunks); err == nil {
			t.Errorf("%s: a link was followed", name)
		}
		if _, err := os.Lstat(filepath.Join(s.path, "final")); err == nil {
			t.Errorf("%s: there is a folder", name)
		}
	}
}
