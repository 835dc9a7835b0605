//go:build !linux

package fleet

import (
	"errors"
	"net/netip"
)

// Any would serve every address of 127.0.0.0/8, which only Linux can.
func (f *Fleet) Any(uint16, func(netip.Addr) Behaviour) (uint16, error) {
	return 0, errors.New("only Linux can serve all of 127.0.0.0/8 at once")
}

// On would serve every address that is reached through a device.
func (f *Fleet) On(string, uint16, func(netip.Addr) Behaviour) (uint16, error) {
	return 0, errors.New("only Linux can serve all addresses of a device at once")
}
