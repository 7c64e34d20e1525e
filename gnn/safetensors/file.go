//go:build !js

package safetensors

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	files "abkd/gnn/file"
)

// ReadFile reads the file at path.
func ReadFile(path string) (*File, error) {
	b, err := files.Read(path)
	if err != nil {
		return nil, fmt.Errorf("safetensors: read %s: %w", path, files.Cause(err))
	}
	f, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("safetensors: read %s: %w", path, err)
	}
	return f, nil
}

// WriteFile writes f to path, all of it or nothing: an older file at path is
// replaced when the new one is complete and on the disk. If that fails it is
// unchanged.
func WriteFile(path string, f *File) error {
	err := files.Write(path, func(w io.Writer) error { return write(w, f) })
	if err == nil {
		return nil
	}
	if errors.Is(err, files.ErrNotDurable) {
		return fmt.Errorf("safetensors: write %s: %w", path, err)
	}
	state := "nothing is written"
	if _, e := os.Lstat(path); e == nil {
		state = "the previous file is unchanged"
	}
	return fmt.Errorf("safetensors: write %s: %w; %s%s", path, files.Cause(err), state, advice(err))
}

// advice says what to do about err.
func advice(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return "; free some space and write again"
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return "; choose a folder that may be written to"
	case errors.Is(err, fs.ErrNotExist):
		return "; make the folder first"
	}
	return ""
}
