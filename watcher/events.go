package watcher

import (
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// events turns file events into hints: the name of a folder directly below
// dir that may have changed, or "" for any. A nil one has no events.
type events struct {
	source *fsnotify.Watcher
	dir    string
	name   string
	hints  chan string
	stop   chan struct{}
	ended  chan struct{}
}

func startEvents(start func() (*fsnotify.Watcher, error), dir, name string) (*events, error) {
	source, err := start()
	if err != nil {
		return nil, err
	}
	e := &events{
		source: source, dir: dir, name: name,
		hints: make(chan string), stop: make(chan struct{}), ended: make(chan struct{}),
	}
	go e.forward()
	return e, nil
}

// add asks for the events of a folder. It may be asked again and again, and
// is to be where the folder may be another one under the old name.
func (e *events) add(folder string) error {
	if e == nil {
		return nil
	}
	return e.source.Add(folder)
}

// remove ends the events of a folder, for whoever has seen enough of it.
func (e *events) remove(folder string) {
	if e != nil {
		_ = e.source.Remove(folder) // it may be gone already
	}
}

func (e *events) close() {
	if e == nil {
		return
	}
	close(e.stop)
	_ = e.source.Close() // there is nothing left to lose
	<-e.ended
}

// forward ends when the source is closed.
func (e *events) forward() {
	defer close(e.ended)
	for {
		select {
		case event, open := <-e.source.Events:
			if !open {
				return
			}
			if folder, ok := e.hint(event); ok {
				e.send(folder)
			}
		case _, open := <-e.source.Errors:
			if !open {
				return
			}
			e.send("") // events were lost
		}
	}
}

func (e *events) send(folder string) {
	select {
	case e.hints <- folder:
	case <-e.stop:
	}
}

// hint tells what an event is about. Folders hold much that changes often;
// only the awaited file counts.
func (e *events) hint(event fsnotify.Event) (folder string, ok bool) {
	parent := filepath.Dir(event.Name)
	switch {
	case event.Name == e.dir:
		return "", true
	case parent == e.dir:
		return filepath.Base(event.Name), event.Has(fsnotify.Create) || event.Has(fsnotify.Chmod)
	case filepath.Dir(parent) == e.dir && filepath.Base(event.Name) == e.name:
		return filepath.Base(parent), event.Has(fsnotify.Create) || event.Has(fsnotify.Write)
	}
	return "", false
}
