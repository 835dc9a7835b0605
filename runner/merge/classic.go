package merge

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// classic merges a chunk without a record: all hosts_* files of all its
// sub-chunks. Only its hosts tell there where a target's lines begin, so that
// a target may pass a line of its output off as another's; nothing is lost
// by that, since output and the other files hold all lines.
func (m *merger) classic(c Chunk, dir *share.Dir) error {
	hosts := make(map[string]int64)
	err := m.targets(c, func(t chunk.Target) error {
		hosts[t.Host]++
		return nil
	})
	if err != nil {
		return err
	}
	err = SubChunks(dir, func(_ []string, sub *share.Dir) error { return m.subChunk(sub, hosts) })
	if err != nil {
		return err
	}
	return m.input(c, func(t chunk.Target) bool {
		// What is left in hosts has no outcome.
		hosts[t.Host]--
		return hosts[t.Host] < 0
	})
}

// subChunk merges the files of one sub-chunk.
func (m *merger) subChunk(dir *share.Dir, hosts map[string]int64) error {
	entries, err := dir.ReadDir()
	if err != nil {
		return err
	}
	for _, e := range entries {
		key, ok := strings.CutPrefix(e.Name(), result.FilePrefix)
		switch {
		case !ok:
			continue
		case key == checkedName:
			err = m.checked(dir)
		case result.IsKey(key):
			err = m.classicFile(dir, key, hosts)
		default:
			m.warn("%s: no results are known by that name; not taken", dir.Path(e.Name()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) classicFile(dir *share.Dir, key string, hosts map[string]int64) error {
	s, err := openSource(m.ctx, dir, result.FilePrefix+key)
	if err != nil {
		return err
	}
	defer s.close()
	begins := func(line []byte) bool {
		host := string(line[:hostEnd(key, line)])
		if hosts[host] <= 0 {
			return false
		}
		hosts[host]--
		return true
	}
	if key != string(result.OK) {
		return m.lines(s, key, "", begins)
	}
	return m.lines(s, Output, key, begins)
}

// hostEnd is where the host ends in a file's line.
func hostEnd(key string, line []byte) int {
	stop := ","
	switch result.Class(key) {
	case result.NoPing, result.NoSSHD, result.NoSSH, result.Unknown:
		stop = " \t\r\n"
	}
	if i := bytes.IndexAny(line, stop); i >= 0 {
		return i
	}
	return 0
}

// checked adds a sub-chunk's targets that were taken in hand.
func (m *merger) checked(dir *share.Dir) error {
	s, err := openSource(m.ctx, dir, result.FilePrefix+checkedName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer s.close()
	return m.lines(s, checkedName, "", func([]byte) bool { return true })
}

// lines copies all lines to the file all, and those that begin a target's to
// first as well, where that is named. Lines may be of any length; begins sees
// what fits a buffer.
func (m *merger) lines(s *source, all, first string, begins func([]byte) bool) error {
	into := []string{all}
	for fresh := true; ; {
		piece, err := s.r.ReadSlice('\n')
		full, end := errors.Is(err, bufio.ErrBufferFull), errors.Is(err, io.EOF)
		if err != nil && !full && !end {
			return err
		}
		var targets int64
		if fresh && len(piece) > 0 {
			into = into[:1]
			if begins(piece) {
				targets = 1
				if first != "" {
					into = append(into, first)
				}
			}
		}
		for _, name := range into {
			if err := m.out.add(name, piece, targets); err != nil {
				return err
			}
		}
		if end {
			return m.out.endLines(into)
		}
		fresh = !full
	}
}
