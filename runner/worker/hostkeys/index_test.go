package hostkeys

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/crypto/ssh"
)

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAMillionKeysNeedLittleRoom(t *testing.T) {
	for name, c := range map[string]struct {
		take func(x *index, address, kind string, key []byte, file int)
		most uint64 // in bytes
	}{"loaded": {(*index).load, 20 << 20}, "added": {(*index).add, 60 << 20}} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			x := newIndex()
			file := x.file("/keys")
			x.expect(1_000_000 * leastLine)
			key := make([]byte, 32)
			for i := range uint64(1_000_000) {
				binary.BigEndian.PutUint64(key, i)
				c.take(x, fmt.Sprint(i), ssh.KeyAlgoED25519, key, file)
			}
			x.settle()
			if used := heap() - before; used > c.most {
				t.Errorf("%d bytes", used)
			}
			binary.BigEndian.PutUint64(key, 4711)
			if !x.has("4711", ssh.KeyAlgoED25519, key) || x.has("4712", ssh.KeyAlgoED25519, key) {
				t.Error("a key isn't found, or is one of another address")
			}
		})
	}
}

func TestWhatIsAddedStandsBesideWhatIsLoaded(t *testing.T) {
	x := newIndex()
	old, own := x.file("/old"), x.file("/own")
	for i, key := range []string{"b", "a", "b"} {
		x.load("web1", ssh.KeyAlgoED25519, []byte(key), old)
		x.load(fmt.Sprint("other", i), ssh.KeyAlgoED25519, []byte("c"), old)
	}
	x.settle()
	for _, key := range []string{"c", "d", "c"} {
		x.add("web1", ssh.KeyAlgoED25519, []byte(key), own)
	}
	x.add("web1", ssh.KeyAlgoRSA, []byte("e"), own)
	for _, key := range []string{"a", "b", "c", "d"} {
		if !x.has("web1", ssh.KeyAlgoED25519, []byte(key)) || x.has("web1", ssh.KeyAlgoECDSA256, []byte(key)) {
			t.Errorf("the key %s isn't found, or is one of another type", key)
		}
	}
	types, files := x.known("web1")
	if !slices.Equal(types, []string{ssh.KeyAlgoED25519, ssh.KeyAlgoRSA}) || !slices.Equal(files, []string{"/old", "/own"}) {
		t.Errorf("known are %q in %q", types, files)
	}
}

func TestFilesBeyondTheLastNumberShareIt(t *testing.T) {
	x := newIndex()
	for i := range 1<<fileBits - 1 {
		x.files = append(x.files, fmt.Sprint(i))
	}
	if a, b := x.file("one"), x.file("more"); a != b || x.files[a] != "one" {
		t.Errorf("got %d and %d", a, b)
	}
}

func TestKeysThatProveNothingAreLeftOut(t *testing.T) {
	x := newIndex()
	x.add("10.0.0.1", "ssh-dss", []byte("key"), x.file("/keys"))
	if types, files := x.known("10.0.0.1"); types != nil || files != nil {
		t.Errorf("got %q in %q", types, files)
	}
}
