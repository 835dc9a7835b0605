package hostkeys

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// maxLine bounds a line, in bytes; the keys of RSA are long.
const maxLine = 1 << 20

// reader takes the lines of one file into an index.
type reader struct {
	index *index
	path  string
	file  int
	// torn lets the last line be one that isn't whole, as its writer's death
	// leaves it, or as it is while its writer is at it.
	torn bool
	// intricate tells of lines that an index can't hold: hashed names,
	// patterns, @cert-authority, @revoked.
	intricate bool
	end       ending
}

// ending is where what a file holds ends.
type ending struct {
	// offset of the end of the last whole line, in bytes; newline tells that
	// it has one.
	offset  int64
	newline bool
}

// read reads to the end. The error names path and line.
func (r *reader) read(from io.Reader) error {
	in := bufio.NewReaderSize(from, 64<<10)
	for n := 1; ; n++ {
		line, err := longLine(in)
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return fmt.Errorf("%s:%d: %w", r.path, n, err)
		}
		if last && len(line) == 0 {
			return nil
		}
		if err := r.line(line, last); err != nil {
			if last && r.torn {
				return nil
			}
			return fmt.Errorf("%s:%d: %w", r.path, n, err)
		}
		r.end = ending{r.end.offset + int64(len(line)), !last}
		if last {
			return nil
		}
	}
}

// longLine gives the next line with its end. The error is io.EOF for one that
// has none.
func longLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) && len(long) < maxLine {
		line, err = in.ReadSlice('\n')
		long = append(long, line...)
	}
	return long, err
}

var errMalformed = errors.New("no line of a known_hosts file: it should be names, type and key")

// line takes in one line. The last one may be torn, and so is looked at more
// closely.
func (r *reader) line(line []byte, last bool) error {
	fields := bytes.Fields(line)
	switch {
	case len(fields) == 0 || fields[0][0] == '#':
		return nil
	case fields[0][0] == '@':
		r.intricate = true // remote.KnownHosts judges it
		return nil
	case len(fields) < 3:
		return errMalformed
	}
	kind := string(fields[1])
	key, err := base64.StdEncoding.AppendDecode(nil, fields[2])
	if err != nil || !isOf(kind, key) {
		return errMalformed
	}
	if last {
		if _, err := ssh.ParsePublicKey(key); err != nil {
			return errMalformed
		}
	}
	for name := range strings.SplitSeq(string(fields[0]), ",") {
		if strings.ContainsAny(name, "|*?!") {
			r.intricate = true
			continue
		}
		r.index.load(normal(name), kind, key, r.file)
	}
	return nil
}

// isOf reports whether a key in its wire form says that it is of a type.
func isOf(kind string, key []byte) bool {
	return len(key) > 4+len(kind) && binary.BigEndian.Uint32(key) == uint32(len(kind)) && string(key[4:4+len(kind)]) == kind
}

// normal is an address, with or without a port, as known_hosts files have it.
func normal(address string) string { return knownhosts.Normalize(strings.ToLower(address)) }
