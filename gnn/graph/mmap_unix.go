//go:build linux || darwin

package graph

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile returns the first size bytes of f, which is above 0, as read-only
// memory that outlives f until unmap is called.
func mapFile(f *os.File, size int64) (data []byte, unmap func() error, err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	return data, func() error { return unix.Munmap(data) }, err
}
