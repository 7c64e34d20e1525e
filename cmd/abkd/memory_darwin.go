package main

import (
	"math"
	"syscall"
)

// peakMemory returns the most memory that the process has had, in bytes, that
// of mapped files included.
func peakMemory() (bytes int64, ok bool) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Maxrss, err == nil
}

// availableMemory is not known here.
func availableMemory() (bytes int64, ok bool) { return 0, false }

// machineMemory is not known here, so that nothing is more.
func machineMemory(int64) int64 { return math.MaxInt64 }
