package runner

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"scanmaster/runner/chunk"
	"scanmaster/runner/job"
)

// missingFile lists, in the run's hidden folder, the lines without an outcome.
const missingFile = "missing"

// maxNames is how many of the missing lines the summary names itself.
const maxNames = 10

// missingList writes down the lines without an outcome, in the place of those
// that were written down before. Its file is made when there is a first one,
// and appears whole.
type missingList struct {
	run  *run
	file *chunkFile
}

// listMissing begins a list anew.
func (r *run) listMissing() *missingList {
	r.summary.Missing, r.summary.MissingNames, r.summary.MissingFile = 0, nil, ""
	return &missingList{run: r}
}

// add names the targets of a chunk that lack an outcome.
func (m *missingList) add(c *chunkRun, lacks func(chunk.Target) bool) error {
	into, err := m.run.prefix.Sub(job.Input, m.run.plan.Layout.Min)
	if err != nil {
		return err
	}
	defer into.Close()
	file, err := into.OpenFile(c.name, os.O_RDONLY)
	if err != nil {
		return err
	}
	defer file.Close()
	targets := chunk.NewReader(file)
	for {
		t, err := targets.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && lacks(t) {
			err = m.name(t.Text)
		}
		if err != nil {
			return err
		}
	}
}

// addLines names the lines of a file of ours.
func (m *missingList) addLines(file io.Reader) error {
	lines := bufio.NewReader(file)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return nil
		}
		if err == nil || errors.Is(err, io.EOF) {
			err = m.name(strings.TrimSuffix(line, "\n"))
		}
		if err != nil {
			return err
		}
	}
}

// name writes down one line.
func (m *missingList) name(line string) error {
	s := &m.run.summary
	s.Missing++
	if len(s.MissingNames) < maxNames {
		s.MissingNames = append(s.MissingNames, line)
	}
	if m.file == nil {
		file, err := m.begin()
		if err != nil {
			return err
		}
		m.file = file
	}
	_, err := m.file.WriteString(line + "\n")
	return err
}

// missingTemp is the list's name while it is written.
const missingTemp = missingFile + ".new"

func (m *missingList) begin() (*chunkFile, error) {
	// A master that was killed may have left one.
	if err := m.run.folder.Remove(missingTemp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return newChunk(m.run.folder, missingTemp)
}

// close has the list appear; where no line is missing there is none.
func (m *missingList) close() error {
	if m.file == nil {
		if err := m.run.folder.Remove(missingFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := m.file.Close(); err != nil {
		return err
	}
	m.run.summary.MissingFile = m.run.folder.Path(missingFile)
	return m.run.folder.Rename(missingTemp, missingFile)
}
