package runner

import (
	"os"
	"path/filepath"
	"testing"

	"scanmaster/runner/journal"
	"scanmaster/runner/plan"
	"scanmaster/runner/share"
)

// classicHand is a worker host with the classic suite.
func classicHand(name string) *hand {
	return &hand{worker: plan.Worker{Name: name}, at: &away{classic: true}}
}

// unheard is a reporter for nobody.
type unheard struct{}

func (unheard) Report(Event) {}

func TestNoClassicWorkerGetsWhatOneOfOursHasBegun(t *testing.T) {
	begun, fresh := &chunkRun{name: "xaa", ours: true}, &chunkRun{name: "xab"}
	r := &run{chunks: []*chunkRun{begun, fresh}, crew: []*hand{classicHand("old"), classicHand("older")}}
	if dealt := r.deal(); len(dealt) != 1 || dealt[0] != fresh || !fresh.classic.Load() || fresh.ours {
		t.Errorf("dealt %v", dealt)
	}
	r.crew = append(r.crew, &hand{worker: plan.Worker{Name: "new", Local: true}, at: local{}})
	if dealt := r.deal(); len(dealt) != 1 || dealt[0] != begun || begun.classic.Load() || !begun.ours {
		t.Errorf("dealt %v", dealt)
	}
}

// TestAChunkThatOnlyClassicWorkersAreLeftForIsGivenUp: it is not waited for.
func TestAChunkThatOnlyClassicWorkersAreLeftForIsGivenUp(t *testing.T) {
	begun, fresh := &chunkRun{name: "xaa", ours: true}, &chunkRun{name: "xab"}
	r := &run{chunks: []*chunkRun{begun, fresh}, crew: []*hand{classicHand("old")}}
	r.giveUp("the others are gone")
	if begun.lost == "" || fresh.lost != "" || r.awaited() != 1 {
		t.Errorf("lost: %q and %q", begun.lost, fresh.lost)
	}
}

// TestAClassicChunkStaysOne has one that was finished, and its host is away when
// another master takes the run up: nobody takes it or does it again.
func TestAClassicChunkStaysOne(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"202611250335.xaa/.done": "Wed Nov 25 03:40:00 UTC 2026\n", "202611250335.xab/.slave": "old\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	prefix, err := share.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer prefix.Close()
	r := &run{prefix: prefix, cfg: Config{Reporter: unheard{}}}
	done := r.recallChunk(journal.Chunk{Name: "xaa", Worker: "old", Classic: true, Starts: 1, Done: true, Folder: "202611250335.xaa"}, false)
	if !done.done || !done.classic.Load() || done.ours {
		t.Errorf("%+v", done)
	}
	works := r.recallChunk(journal.Chunk{Name: "xab", Worker: "old", Classic: true, Starts: 1}, false)
	if works.done || !works.classic.Load() || works.last != "old" {
		t.Errorf("%+v", works)
	}
	works.give(&hand{worker: plan.Worker{Name: "old"}, out: "it can't be reached"})
	w := &waiter{run: r}
	if !works.classic.Load() || w.mayFence(t.Context(), started{works, &silent{away: &away{}}}, "") {
		t.Error("a classic worker's chunk may be taken")
	}
}
