//go:build !linux && !darwin

package fit

import "os"

// mapFile returns the content of a file.
func mapFile(name string) (content []byte, unmap func(), err error) {
	content, err = os.ReadFile(name)
	return content, func() {}, err
}
