//go:build linux || darwin

package machine

import "syscall"

// FreeDisk returns how many bytes can still be written to the folder dir, false
// where that is not known.
func FreeDisk(dir string) (bytes uint64, ok bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
