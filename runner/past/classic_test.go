package past_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
)

// leave writes files into a scan's folder.
func leave(t *testing.T, s *pasttest.Scan, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(s.Path(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.Path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAClassicMastersRunIsTold(t *testing.T) {
	s := pasttest.New(t, "audit")
	sub := "202601021506.xaa/output/202601021506/"
	leave(t, s, map[string]string{
		"started": "then\n", "ended": "then\n", ".whosts": "scan1\nscan2\n",
		"input/202601021504/xaa": "web1 10.0.0.1\nweb2\nbad\nmute\nweb1\nnever\n",
		"input/202601021504/xab": "late\n",
		sub + "xaa/hosts_ok":     "web1,10.0.0.1,one\nweb9,,not a host of ours\ntwo\nweb2,,\n",
		sub + "xab/hosts_ok":     "web1,,no end",
		sub + "xaa/hosts_exit_3": "bad,,worse\n",
		sub + "xaa/hosts_nosshd": "mute\n",
		"202601021506.xaa/.done": "then\n",
	})
	r := open(t, s, "")
	if !r.Classic || r.ID != "202601021504" || !r.Over() || r.Targets != 7 || r.Plan != nil {
		t.Errorf("%+v", r)
	}
	wantLines(t, told(t, r),
		"1|web1 10.0.0.1|ok||scan1|one\nweb9,,not a host of ours\ntwo",
		"2|web2|ok||scan1|",
		"3|bad|exit_3||scan1|worse",
		"4|mute|nosshd||scan1|-",
		"5|web1|ok||scan1|no end",
		"6|never|missing|untried|scan1|-",
		"7|late|missing|untried|scan2|-",
	)
	if len(r.Notes()) > 0 {
		t.Error(r.Notes())
	}
}

func TestAClassicMastersRunComesBeforeOneThatItHasWiped(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\n", Came: said("")})
	if err := os.RemoveAll(s.Path(job.Input)); err != nil {
		t.Fatal(err)
	}
	leave(t, s, map[string]string{"started": "then\n", "input/202601030000/xaa": "web2\n"})
	if err := os.RemoveAll(s.Path(pasttest.Folder("xaa"))); err != nil {
		t.Fatal(err)
	}
	wantLines(t, told(t, open(t, s, "")), "1|web2|missing|untried||-")
	if r := open(t, s, first); len(told(t, r)) > 0 || !strings.Contains(strings.Join(r.Notes(), "\n"), "neither the lists of its chunks") {
		t.Error(r.Notes())
	}
	s.Move(second + "-found")
	refs, err := past.List(t.Context(), s.Dir, s.Name)
	if err != nil || len(refs) != 2 || !refs[0].Classic || refs[0].Old == "" || refs[1].ID != first {
		t.Errorf("%+v, %v", refs, err)
	}
	wantLines(t, told(t, open(t, s, "202601030000")), "1|web2|missing|untried||-")
}

func TestAClassicWorkerOfOursMayHaveNoRecord(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "old1", List: "web1 10.0.0.1\nmute\nbad\n", Came: said("x\ny"), Classic: true})
	wantLines(t, told(t, open(t, s, "")), "1|web1 10.0.0.1|ok||old1|x\ny", "2|mute|nossh||old1|-", "3|bad|exit_3||old1|bad\nworse")
}

func TestWhatWasMergedIsTakenWhereNothingElseIsLeft(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\nbad\nmute\nlost\n", Came: said("a\nb")})
	leave(t, s, map[string]string{
		"final/input": "web1\nbad\nmute\nlost\n", "final/ok": "web1,,a\n", "final/output": "web1,,a\nb\n",
		"final/exit_3": "bad,,worse\n", "final/nossh": "mute\n", "final/unsorted": "lost\n", "final/count": "1 ok\n",
	})
	if err := os.RemoveAll(s.Path(pasttest.Folder("xaa"))); err != nil {
		t.Fatal(err)
	}
	r := open(t, s, "")
	wantLines(t, told(t, r), "1|web1|ok|||a\nb", "2|bad|exit_3|||worse", "3|mute|nossh|||-", "4|lost|missing|untried||-")
	if notes := r.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "what was merged is taken") {
		t.Error(notes)
	}
}
