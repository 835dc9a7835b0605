package lock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"syscall"

	"scanmaster/runner/share"
)

const (
	// prefix begins the name of a lock file; its generation follows.
	prefix = ".lock."
	// maxNumber is the highest generation that there can be.
	maxNumber = math.MaxInt64
	// maxContent is the most that a lock file of ours holds, in bytes.
	maxContent = 16 << 10
	// readTries is how often a read is tried that another one's rename may
	// have crossed.
	readTries = 10
)

// content is what a lock file holds, as JSON.
type content struct {
	Owner
	Released bool `json:"released,omitempty"`
}

// generation is one lock file as it was read. Number 0 means that there is
// none.
type generation struct {
	number uint64
	raw    string
	// content is zero where raw can't be read: the file is just being made,
	// or damaged.
	content content
}

// files is the lock's row of files.
type files struct{ dir *share.Dir }

func fileName(number uint64) string { return prefix + strconv.FormatUint(number, 10) }

// numbers lists the generations that are there, in no order.
func (f files) numbers() ([]uint64, error) {
	entries, err := f.dir.Names()
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, entry := range entries {
		digits, ok := strings.CutPrefix(entry, prefix)
		n, err := strconv.ParseUint(digits, 10, 63)
		if ok && err == nil && n > 0 && fileName(n) == entry {
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}

func (f files) highest() (uint64, error) {
	numbers, err := f.numbers()
	var top uint64
	for _, n := range numbers {
		top = max(top, n)
	}
	return top, err
}

// top reads the highest generation.
func (f files) top() (generation, error) {
	var err error
	for range readTries {
		var g generation
		if g.number, err = f.highest(); err != nil || g.number == 0 {
			return g, err
		}
		var data []byte
		data, err = f.dir.ReadFile(fileName(g.number))
		if err == nil {
			g.raw = string(data)
			g.parse()
			return g, nil
		}
		if !crossed(err) {
			break
		}
	}
	if errors.Is(err, share.ErrLink) {
		err = fmt.Errorf("%w; it is none of ours: remove it", err)
	}
	return generation{}, err
}

// crossed tells that a file may have been replaced or removed while it was
// being opened.
func crossed(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, share.ErrLink) || errors.Is(err, syscall.ESTALE)
}

func (g *generation) parse() {
	var c content
	if len(g.raw) > maxContent || json.Unmarshal([]byte(g.raw), &c) != nil || c.PID <= 0 {
		return
	}
	g.content = c
}

// claim makes a generation, which only one can, and fills it. It reports false
// where somebody else was faster.
func (f files) claim(number uint64, c content) (bool, error) {
	file, err := f.dir.Create(fileName(number))
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = file.Close()
	if err == nil {
		err = f.publish(number, c)
	}
	var top uint64
	if err == nil {
		top, err = f.highest()
	}
	// Whoever was slow to come here may have made a generation again that has
	// long been removed, or was taken for dead meanwhile.
	if err == nil && top == number {
		f.tidy(number)
		return true, nil
	}
	removeErr := f.dir.Remove(fileName(number))
	if err != nil {
		err = errors.Join(err, removeErr)
	}
	return false, err
}

// publish fills a generation in one piece.
func (f files) publish(number uint64, c content) error {
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return f.dir.Publish(fileName(number), append(data, '\n'))
}

// tidy removes the generations below one. What it can't remove does no harm.
func (f files) tidy(below uint64) {
	numbers, err := f.numbers()
	if err != nil {
		return
	}
	for _, n := range numbers {
		if n < below {
			_ = f.dir.Remove(fileName(n))
		}
	}
}
