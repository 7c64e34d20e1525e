//go:build !linux && !darwin

package main

// diskFree is not known here.
func diskFree(string) (bytes uint64, ok bool) { return 0, false }
