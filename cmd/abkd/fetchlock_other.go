//go:build !linux && !darwin

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// lock takes the folder dir for this process, or says that another has it.
func lock(dir string) (unlock func(), err error) {
	name := filepath.Join(dir, ".abkd-fetch.lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil, errors.New("another abkd fetches there; if none does, remove " + name)
	}
	if err != nil {
		return nil, cause(err)
	}
	return func() {
		f.Close()
		os.Remove(name)
	}, nil
}
