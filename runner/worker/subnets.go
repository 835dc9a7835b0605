package worker

import "net/netip"

// subnets bound how many targets of one subnet are in hand. Who finds its subnet
// full waits aside, and has its place as soon as one is free there: first come,
// first served. A nil one bounds nothing. The queue's lock guards it.
type subnets struct {
	most  int
	of    map[netip.Prefix]*subnet // those with somebody in hand
	waits int
}

// subnet is who is in hand of one, and who waits for that.
type subnet struct {
	inHand int
	aside  []trial
}

// newSubnets makes those of so many targets each; nil for 0.
func newSubnets(most int) *subnets {
	if most == 0 {
		return nil
	}
	return &subnets{most: most, of: make(map[netip.Prefix]*subnet)}
}

// subnetOf is the subnet of an address: a /24 of IPv4, which may be mapped into
// IPv6, and a /64 of IPv6.
func subnetOf(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap()
	bits := 64
	if addr.Is4() {
		bits = 24
	}
	subnet, _ := addr.Prefix(bits) // which fails for other numbers of bits alone
	return subnet
}

// enter takes a place in the subnet of a target, or puts the target aside. One
// whose address isn't known yet takes none.
func (s *subnets) enter(t trial) bool {
	if s == nil || !t.at.IsValid() {
		return true
	}
	key := subnetOf(t.at.Addr())
	n := s.of[key]
	if n == nil {
		n = new(subnet)
		s.of[key] = n
	}
	if n.inHand < s.most {
		n.inHand++
		return true
	}
	n.aside = append(n.aside, t)
	s.waits++
	return false
}

// leave gives a target's place back, or to who waited longest for it, who is
// given then.
func (s *subnets) leave(t trial) (next trial, comes bool) {
	if s == nil || !t.at.IsValid() {
		return trial{}, false
	}
	key := subnetOf(t.at.Addr())
	n := s.of[key]
	if len(n.aside) > 0 {
		next, n.aside[0] = n.aside[0], trial{} // which its line would be held by
		n.aside = n.aside[1:]
		s.waits--
		return next, true
	}
	if n.inHand--; n.inHand == 0 {
		delete(s.of, key)
	}
	return trial{}, false
}

// aside counts those that wait.
func (s *subnets) aside() int {
	if s == nil {
		return 0
	}
	return s.waits
}
