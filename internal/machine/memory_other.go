//go:build !linux && !darwin

package machine

import "math"

// PeakMemory is not known here.
func PeakMemory() (bytes int64, ok bool) { return 0, false }

// AvailableMemory is not known here.
func AvailableMemory() (bytes int64, ok bool) { return 0, false }

// AllMemory is not known here, so that nothing is more.
func AllMemory(int64) int64 { return math.MaxInt64 }
