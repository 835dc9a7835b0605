package autopw

import "slices"

// secrets are what was typed, until forget. They are never copied to anywhere else.
type secrets struct {
	known map[kind][][]byte
	// tried counts those that were refused of the kind asked for last.
	last  kind
	tried int
}

// next gives the secret to answer with: the last that was typed of its kind, and
// where the last answer was wrong the one before. False tells that it must be
// typed.
func (s *secrets) next(k kind, refused bool) ([]byte, bool) {
	if refused && k == s.last {
		s.tried++
	} else {
		s.tried = 0
	}
	s.last = k
	known := s.known[k]
	if s.tried >= len(known) {
		return nil, false
	}
	return known[len(known)-1-s.tried], true
}

// keep remembers what was typed. It takes the bytes as its own.
func (s *secrets) keep(k kind, secret []byte) {
	if s.known == nil {
		s.known = make(map[kind][][]byte)
	}
	if !slices.ContainsFunc(s.known[k], func(old []byte) bool { return string(old) == string(secret) }) {
		s.known[k] = append(s.known[k], secret)
	}
	s.last, s.tried = k, 0
}

// forget overwrites all.
func (s *secrets) forget() {
	for _, all := range s.known {
		for _, secret := range all {
			clear(secret)
		}
	}
	s.known = nil
}
