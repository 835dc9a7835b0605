//go:build !linux

package ping

// forceBuffer leaves it at what the system allows.
func forceBuffer(uintptr) {}
