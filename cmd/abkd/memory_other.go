//go:build !linux && !darwin

package main

import "math"

// peakMemory is not known here.
func peakMemory() (bytes int64, ok bool) { return 0, false }

// availableMemory is not known here.
func availableMemory() (bytes int64, ok bool) { return 0, false }

// machineMemory is not known here, so that nothing is more.
func machineMemory(int64) int64 { return math.MaxInt64 }
