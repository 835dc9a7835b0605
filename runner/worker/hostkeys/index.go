package hostkeys

import (
	"hash/maphash"
	"slices"

	"golang.org/x/crypto/ssh"
)

// kinds are the types of keys that hosts are asked for; others prove nothing.
var kinds = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSA,
}

// index finds the keys of an address in little room: a million of them take
// some 40 MB. Hashes are seeded anew in each process, so that nobody can look
// for two addresses, or two keys, of one hash. It is not safe for concurrent
// use.
type index struct {
	seed maphash.Seed
	// first holds one key for each address and type, more any others.
	first map[uint64]mark
	more  map[uint64][]mark
	files []string
}

// mark is a key's hash, of which the lowest bits have given way to the number
// of the file that it stands in.
type mark uint64

const fileBits = 16

func newIndex() *index {
	return &index{seed: maphash.MakeSeed(), first: make(map[uint64]mark), more: make(map[uint64][]mark)}
}

// file gives the number of a file. Those above the last share that.
func (x *index) file(path string) int {
	i := slices.Index(x.files, path)
	if i < 0 {
		i = len(x.files)
		x.files = append(x.files, path)
	}
	return min(i, 1<<fileBits-1)
}

func (x *index) at(address, kind string) uint64 {
	var h maphash.Hash
	h.SetSeed(x.seed)
	_, _ = h.WriteString(address) // a hash takes everything
	_ = h.WriteByte(0)
	_, _ = h.WriteString(kind)
	return h.Sum64()
}

func (x *index) mark(key []byte, file int) mark {
	return mark(maphash.Bytes(x.seed, key)>>fileBits<<fileBits | uint64(file))
}

func (m mark) same(other mark) bool { return m>>fileBits == other>>fileBits }

func (m mark) file() int { return int(m & (1<<fileBits - 1)) }

// add takes in a key, given in its wire form (RFC 4253, section 6.6).
func (x *index) add(address, kind string, key []byte, file int) {
	if !slices.Contains(kinds, kind) {
		return
	}
	at, m := x.at(address, kind), x.mark(key, file)
	first, ok := x.first[at]
	switch {
	case !ok:
		x.first[at] = m
	case !first.same(m) && !slices.ContainsFunc(x.more[at], m.same):
		x.more[at] = append(x.more[at], m)
	}
}

// has reports whether the key is one of the address.
func (x *index) has(address, kind string, key []byte) bool {
	at, m := x.at(address, kind), x.mark(key, 0)
	first, ok := x.first[at]
	return ok && (first.same(m) || slices.ContainsFunc(x.more[at], m.same))
}

// known gives the types of the keys of an address, and the files where these
// are.
func (x *index) known(address string) (types, files []string) {
	for _, kind := range kinds {
		at := x.at(address, kind)
		first, ok := x.first[at]
		if !ok {
			continue
		}
		types = append(types, kind)
		for _, m := range append([]mark{first}, x.more[at]...) {
			if file := x.files[m.file()]; !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return types, files
}
