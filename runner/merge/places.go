package merge

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strings"

	"scanmaster/runner/job"
	"scanmaster/runner/share"
)

// SubChunks visits the folders of results of a worker: each sub-chunk below
// output/WMIN in a chunk's folder, with its path there. What is hidden is left out.
func SubChunks(dir *share.Dir, visit func(path []string, sub *share.Dir) error) error {
	return folders(dir, nil, []string{job.Output, "", ""}, visit)
}

// folders visits the folders below dir, which path led to, along a further path, in
// which an empty element stands for every folder. Where there is none, nothing is
// visited.
func folders(dir *share.Dir, path, further []string, visit func([]string, *share.Dir) error) error {
	if len(further) == 0 {
		return visit(path, dir)
	}
	names := further[:1]
	if further[0] == "" {
		entries, err := dir.ReadDir()
		if err != nil {
			return err
		}
		names = nil
		for _, e := range entries {
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				names = append(names, e.Name())
			}
		}
	}
	for _, name := range names {
		sub, err := dir.Sub(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		below := slices.Concat(path, []string{name})
		if err := errors.Join(folders(sub, below, further[1:], visit), sub.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Place is where a classic file holds what came of a target.
type Place struct {
	// Host is the target's.
	Host string
	// Offset and Length are of its lines, in bytes, up to where another target's
	// begin, without the end of the last one.
	Offset, Length int64
	// Body is where its output begins, behind "HOST,IP,", in a file that holds some.
	Body int64
}

// Places gives the places of the targets in a classic file, of the outcomes counted
// under a key, in its order. Begins is asked of the host of each line whether a
// target begins there: nothing else tells them from lines that a target wrote. The
// file is streamed; a missing one is an error.
func Places(ctx context.Context, dir *share.Dir, name, key string, begins func(host string) bool) iter.Seq2[Place, error] {
	return func(yield func(Place, error) bool) {
		s, err := openSource(ctx, dir, name)
		if err != nil {
			yield(Place{}, err)
			return
		}
		defer s.close()
		p := &placer{source: s, key: key, begins: begins}
		for {
			place, err := p.next()
			if errors.Is(err, io.EOF) || !yield(place, err) || err != nil {
				return
			}
		}
	}
}

// placer finds the places of a file.
type placer struct {
	*source
	key    string
	begins func(host string) bool
	// open is the one whose end isn't found yet; none where it has no host.
	open  Place
	at    int64
	ended bool // the last line read has its end
	inner bool // what comes next isn't the beginning of a line
}

// next gives the next place whole; the error is io.EOF where there is none.
func (p *placer) next() (Place, error) {
	for {
		piece, err := p.r.ReadSlice('\n')
		full, end := errors.Is(err, bufio.ErrBufferFull), errors.Is(err, io.EOF)
		if err != nil && !full && !end {
			return Place{}, err
		}
		host := string(piece[:hostEnd(p.key, piece)])
		begins := !p.inner && host != "" && p.begins(host)
		var done Place
		if begins {
			done = p.end()
			p.open = Place{Host: host, Offset: p.at, Body: p.at + body(piece)}
		}
		if len(piece) > 0 {
			p.ended = piece[len(piece)-1] == '\n'
		}
		p.at += int64(len(piece))
		p.inner = full
		if end && !begins {
			done = p.end()
		}
		if done.Host != "" {
			return done, nil
		}
		if end && p.open.Host == "" {
			return Place{}, io.EOF
		}
	}
}

// end ends the place that is open before what comes next.
func (p *placer) end() Place {
	done := p.open
	p.open = Place{}
	done.Length = p.at - done.Offset
	if p.ended {
		done.Length--
	}
	return done
}

// body is where the output begins in a target's first line.
func body(line []byte) int64 {
	first := bytes.IndexByte(line, ',') + 1
	return int64(first + bytes.IndexByte(line[first:], ',') + 1)
}
