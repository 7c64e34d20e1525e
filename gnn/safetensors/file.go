package safetensors

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ReadFile reads the file at path.
func ReadFile(path string) (*File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("safetensors: read %s: %w", path, reason(err))
	}
	f, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("safetensors: read %s: %w", path, err)
	}
	return f, nil
}

// WriteFile writes f to path, all of it or nothing: the bytes go to a
// temporary file in the same folder, which takes the name only when it is
// complete and on the disk. If that fails an older file at path is unchanged.
func WriteFile(path string, f *File) error {
	err := writeFile(path, f)
	if err == nil {
		return nil
	}
	state := "nothing is written"
	if _, e := os.Lstat(path); e == nil {
		state = "the previous file is unchanged"
	}
	return fmt.Errorf("safetensors: write %s: %w; %s%s", path, reason(err), state, advice(err))
}

func writeFile(path string, f *File) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close() // a second Close is harmless
			os.Remove(tmp.Name())
		}
	}()
	if err := write(tmp, f); err != nil {
		return err
	}
	// CreateTemp lets only the owner read.
	if err := tmp.Chmod(0o644); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// reason takes the name of the file off err: it is the temporary one's, or
// the message has it already.
func reason(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
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
