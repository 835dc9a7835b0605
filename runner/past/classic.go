package past

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
	"scanmaster/runner/merge"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// classicFiles is a chunk without a record: only its hosts tell there where a
// target's lines begin.
type classicFiles struct {
	// waiting are the lines of each host that nothing was found for yet, begun counts
	// those of them that something was just found for.
	waiting map[string][]int64
	begun   map[string]int
	found   map[int64]kept
	lack    Lack
}

// kept is what is known of a target there.
type kept struct {
	key    string
	file   *classicFile
	at     int64
	length int64
}

// classicFiles reads the classic files of a chunk, or those that were merged.
func (r *Run) classicFiles(ctx context.Context, c *Chunk, list func() (io.ReadCloser, error)) (source, error) {
	s := &classicFiles{
		waiting: make(map[string][]int64), begun: make(map[string]int), found: make(map[int64]kept), lack: LackUntried,
	}
	if err := s.hosts(ctx, list); err != nil {
		return nil, err
	}
	dir, err := r.dir.Sub(c.Folder)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	if c.Folder == job.Final {
		return s, s.folder(ctx, []string{job.Final}, dir, "")
	}
	return s, merge.SubChunks(dir, func(path []string, sub *share.Dir) error {
		return s.folder(ctx, append([]string{c.Folder}, path...), sub, result.FilePrefix)
	})
}

// hosts reads whose lines may be expected.
func (s *classicFiles) hosts(ctx context.Context, list func() (io.ReadCloser, error)) error {
	file, err := list()
	if err != nil {
		return err
	}
	defer file.Close()
	targets := chunk.NewReader(share.Until(ctx, file))
	for {
		t, err := targets.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !chunk.IsLineError(err) {
			return err
		}
		s.waiting[t.Host] = append(s.waiting[t.Host], t.Line)
	}
}

// folder reads all files of results in a folder, whose names begin so.
func (s *classicFiles) folder(ctx context.Context, path []string, dir *share.Dir, prefix string) error {
	names, err := dir.Names()
	if err != nil {
		return err
	}
	for _, name := range names {
		key, ok := strings.CutPrefix(name, prefix)
		if prefix == "" {
			key, ok = mergedKey(name)
		}
		if !ok || !result.IsKey(key) {
			continue
		}
		file := &classicFile{path: append(path[:len(path):len(path)], name)}
		for place, err := range merge.Places(ctx, dir, name, key, s.begins) {
			if err != nil {
				return err
			}
			s.keep(place, key, file)
		}
	}
	return nil
}

// mergedKey is the key of a file in final/, where the file that is named for OK has
// but the first line of each output.
func mergedKey(name string) (string, bool) {
	if name == merge.Output {
		return string(result.OK), true
	}
	return name, name != string(result.OK)
}

func (s *classicFiles) begins(host string) bool {
	if s.begun[host] >= len(s.waiting[host]) {
		return false
	}
	s.begun[host]++
	return true
}

// keep gives a place to the first target of its host that has none.
func (s *classicFiles) keep(p merge.Place, key string, file *classicFile) {
	line := s.waiting[p.Host][0]
	s.waiting[p.Host] = s.waiting[p.Host][1:]
	s.begun[p.Host]--
	k := kept{key: key}
	if key == string(result.OK) || strings.HasPrefix(key, string(result.Exit)) {
		k.file, k.at, k.length = file, p.Body, max(0, p.Offset+p.Length-p.Body)
	}
	s.found[line] = k
}

func (s *classicFiles) find(t *Target) error {
	k, ok := s.found[t.Line]
	if !ok {
		t.Lack = s.lack
		return nil
	}
	o := result.Outcome{Line: t.Line, Host: t.Host, Class: result.Class(k.key)}
	if t.IP != t.Host {
		o.IP = t.IP
	}
	if status, ok := strings.CutPrefix(k.key, string(result.Exit)+"_"); ok {
		o.Class = result.Exit
		o.Status, _ = strconv.Atoi(status) // it is a key
	}
	t.Outcome = o
	if k.file != nil {
		t.Output = Output{Length: k.length, file: k.file, at: k.at}
		t.Outcome.Stdout = k.length
	}
	return nil
}

func (s *classicFiles) close() {}
