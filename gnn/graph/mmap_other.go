//go:build !linux && !darwin && !js

package graph

import (
	"io"
	"os"
)

// mapFile reads the first size bytes of f, where files are not mapped.
func mapFile(f *os.File, size int64) (data []byte, unmap func() error, err error) {
	data = make([]byte, size)
	_, err = io.ReadFull(f, data)
	return data, func() error { return nil }, err
}
