package hostkeys

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"

	"golang.org/x/crypto/ssh"
)

// mostMemory is what a million keys may need, in bytes.
const mostMemory = 60 << 20

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAMillionKeysNeedLittleRoom(t *testing.T) {
	before := heap()
	x := newIndex()
	file := x.file("/keys")
	key := make([]byte, 32)
	for i := range uint64(1_000_000) {
		binary.BigEndian.PutUint64(key, i)
		x.add(fmt.Sprint(i), ssh.KeyAlgoED25519, key, file)
	}
	if used := heap() - before; used > mostMemory {
		t.Errorf("%d bytes", used)
	}
	binary.BigEndian.PutUint64(key, 4711)
	if !x.has("4711", ssh.KeyAlgoED25519, key) || x.has("4712", ssh.KeyAlgoED25519, key) {
		t.Error("a key isn't found, or is one of another address")
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
