//go:build !linux

package worker

// Batch has no equal here.
func Batch() {}
