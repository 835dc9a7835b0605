//go:build !linux

package tkill

import "syscall"

// Send signals a process. There are none to be found without /proc.
func (p Process) Send(signal syscall.Signal) error { return syscall.Kill(p.PID, signal) }
