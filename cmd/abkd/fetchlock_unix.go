//go:build linux || darwin

package main

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the folder dir for this process, or says that another has it. It
// is free again when its process ends, however that comes about.
func lock(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, cause(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.New("another abkd fetches there")
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}
