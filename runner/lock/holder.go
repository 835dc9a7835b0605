package lock

import (
	"fmt"

	"scanmaster/runner/share"
)

// Life is what is known of the owner of a lock.
type Life string

// What can be known of an owner at one look. Unknown is one that can't be asked
// from here: only its heartbeat tells, to who watches it.
const (
	Alive   Life = "alive"
	Dead    Life = "dead"
	Unknown Life = "unknown"
)

// Holding is how a lock stands at one look.
type Holding struct {
	// Held tells that it was taken and not given back.
	Held bool
	// Owner is who holds it, or did last; zero where its name can't be read, or
	// nobody ever has.
	Owner Owner
	// Life is what is known of the owner; empty where the lock isn't held.
	Life Life
	// Beat changes with every heartbeat and with every owner.
	Beat string
}

// Holder looks who holds the lock of a folder. It takes nothing and writes
// nothing.
func Holder(dir *share.Dir) (Holding, error) {
	self, err := Self("")
	if err != nil {
		return Holding{}, err
	}
	top, err := files{dir}.top()
	if err != nil {
		return Holding{}, fmt.Errorf("lock: %w", err)
	}
	h := Holding{
		Held: top.number != 0 && !top.content.Released, Owner: top.content.Owner,
		Beat: fmt.Sprintf("%d %s", top.number, top.raw),
	}
	if !h.Held {
		return h, nil
	}
	h.Life = Unknown
	if alive, known := self.sees(h.Owner); known {
		h.Life = map[bool]Life{true: Alive, false: Dead}[alive]
	}
	return h, nil
}
