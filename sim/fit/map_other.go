//go:build !linux && !darwin

package fit

import "abkd/gnn/file"

// mapFile returns the content of a file.
func mapFile(name string) (content []byte, unmap func(), err error) {
	content, err = file.Read(name)
	return content, func() {}, err
}
