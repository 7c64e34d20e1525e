package machine

import (
	"math"
	"syscall"
)

// PeakMemory returns the most memory that the process has had, in bytes, that
// of mapped files included.
func PeakMemory() (bytes int64, ok bool) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Maxrss, err == nil
}

// AvailableMemory is not known here.
func AvailableMemory() (bytes int64, ok bool) { return 0, false }

// AllMemory is not known here, so that nothing is more.
func AllMemory(int64) int64 { return math.MaxInt64 }
