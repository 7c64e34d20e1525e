//go:build linux || darwin

package main

import "syscall"

// diskFree returns how many bytes can still be written to dir.
func diskFree(dir string) (bytes uint64, ok bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
