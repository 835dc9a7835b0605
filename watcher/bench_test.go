package watcher

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// thousand makes 1,000 folders in which nothing is finished.
func thousand(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	for i := range 1000 {
		mkdir(b, filepath.Join(dir, fmt.Sprintf("1.%04d", i)))
	}
	return dir
}

// BenchmarkFound is the time from a file's appearance to its report, by real
// events, while 1,000 folders are watched.
func BenchmarkFound(b *testing.B) {
	w := &Watcher{Dir: thousand(b), Name: ".done", Poll: time.Hour}
	found := make(chan string, 1)
	refused := make(chan string, 1)
	onlyOurs(refused)(w)
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.Watch(ctx, func(path string) bool { found <- path; return true })
	}()
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		folder := filepath.Join(w.Dir, fmt.Sprintf("2.%06d", i))
		mkdir(b, folder)
		finish(b, folder)
		<-refused // it is watched
		write(b, filepath.Join(folder, ".new"), "ours\n")
		b.StartTimer()
		if err := os.Rename(filepath.Join(folder, ".new"), filepath.Join(folder, ".done")); err != nil {
			b.Fatal(err)
		}
		<-found
	}
	stop()
	<-ended
}

// BenchmarkPoll is the cost of one look at 1,000 folders, their events
// included: what a waiting master spends once a minute.
func BenchmarkPoll(b *testing.B) {
	w := (&Watcher{Dir: thousand(b), Name: ".done"}).filled()
	e, err := startEvents(w.startEvents, w.Dir, w.Name)
	if err != nil {
		b.Fatal(err)
	}
	defer e.close()
	l := newLooker(w, e)
	for b.Loop() {
		l.look(b.Context(), request{all: true})
	}
}

// BenchmarkEvent is the cost of the look that one event brings, with 1,000
// folders watched.
func BenchmarkEvent(b *testing.B) {
	l := newLooker((&Watcher{Dir: thousand(b), Name: ".done"}).filled(), nil)
	l.look(b.Context(), request{all: true})
	for b.Loop() {
		l.look(b.Context(), request{folders: map[string]bool{"1.0500": true}})
	}
}
