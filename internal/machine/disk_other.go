//go:build !linux && !darwin

package machine

// FreeDisk is not known here.
func FreeDisk(string) (bytes uint64, ok bool) { return 0, false }
