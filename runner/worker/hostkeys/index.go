package hostkeys

import (
	"cmp"
	"hash/maphash"
	"iter"
	"slices"

	"golang.org/x/crypto/ssh"
)

// kinds are the types of keys that hosts are asked for; others prove nothing.
var kinds = []string{
	ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSA,
}

// index finds the keys of an address in little room: of those that are loaded a
// million take 16 MB, of those that are added later some 40. Hashes are seeded
// anew in each process, so that nobody can look for two addresses, or two keys, of
// one hash. It is not safe for concurrent use.
type index struct {
	seed maphash.Seed
	// loaded are the keys that were known at the start, in the order of their
	// places once they are settled.
	loaded []entry
	// first holds one key for each address and type that was added since, more any
	// others.
	first map[uint64]mark
	more  map[uint64][]mark
	files []string
}

// mark is a key's hash, of which the lowest bits have given way to the number
// of the file that it stands in.
type mark uint64

const fileBits = 16

// entry is a key that was known at the start, at the hash of its address and type.
type entry struct {
	at uint64
	mark
}

// leastLine is about how long a line with a key is at the least, in bytes.
const leastLine = 90

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

// expect makes room for the keys of files of so many bytes.
func (x *index) expect(bytes int64) {
	x.loaded = slices.Grow(x.loaded, int(bytes/leastLine))
}

// load takes in a key that was known at the start, in its wire form (RFC 4253,
// section 6.6). It is found once all are settled.
func (x *index) load(address, kind string, key []byte, file int) {
	if slices.Contains(kinds, kind) {
		x.loaded = append(x.loaded, entry{x.at(address, kind), x.mark(key, file)})
	}
}

// settle makes what was loaded ready to be found.
func (x *index) settle() {
	slices.SortFunc(x.loaded, func(a, b entry) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.mark, b.mark)) })
}

// add takes in a key, given in its wire form.
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

// marks gives the keys at a place.
func (x *index) marks(at uint64) iter.Seq[mark] {
	return func(yield func(mark) bool) {
		i, _ := slices.BinarySearchFunc(x.loaded, at, func(e entry, at uint64) int { return cmp.Compare(e.at, at) })
		for ; i < len(x.loaded) && x.loaded[i].at == at; i++ {
			if !yield(x.loaded[i].mark) {
				return
			}
		}
		if m, ok := x.first[at]; ok && !yield(m) {
			return
		}
		for _, m := range x.more[at] {
			if !yield(m) {
				return
			}
		}
	}
}

// has reports whether the key is one of the address.
func (x *index) has(address, kind string, key []byte) bool {
	wanted := x.mark(key, 0)
	for m := range x.marks(x.at(address, kind)) {
		if m.same(wanted) {
			return true
		}
	}
	return false
}

// known gives the types of the keys of an address, and the files where these
// are.
func (x *index) known(address string) (types, files []string) {
	for _, kind := range kinds {
		some := false
		for m := range x.marks(x.at(address, kind)) {
			some = true
			if file := x.files[m.file()]; !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
		if some {
			types = append(types, kind)
		}
	}
	return types, files
}
