//go:build linux || darwin

package fit

import (
	"syscall"

	"abkd/gnn/file"
)

// mapFile returns the content of a file without reading it into memory.
func mapFile(name string) (content []byte, unmap func(), err error) {
	f, err := file.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() // the map stays
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() == 0 {
		return nil, func() {}, nil // an empty file cannot be mapped
	}
	content, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	return content, func() { syscall.Munmap(content) }, err
}
