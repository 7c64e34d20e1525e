// Package machine tells what the machine has for this process: the memory and
// the disk.
package machine

// PeakNow returns the most memory that the process has had until now, nil where
// the system does not say.
func PeakNow() *int64 {
	if peak, ok := PeakMemory(); ok {
		return &peak
	}
	return nil
}
