package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// checkOut reports why name could not be written later, so that a mistake
// shows before hours of training. It leaves a file of that name alone.
func checkOut(name string) error { return checkWritable("--out", name) }

// checkWritable is checkOut for the file of any flag.
func checkWritable(flag, name string) error {
	if name == "" {
		return nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%s %s: %w", flag, name, cause(err))
	case info.IsDir():
		return fmt.Errorf("%s %s: it is a folder, want the name of a file", flag, name)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s %s: it is not an ordinary file (%v), want one that can be replaced", flag, name, info.Mode().Type())
	}
	// What counts is whether the folder takes a new file: weights are written
	// beside the old ones, then renamed.
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.tmp")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s %s: there is no folder %s", flag, name, filepath.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("%s %s: cannot write there: %w", flag, name, cause(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// sameFile reports whether two names are those of one file that exists.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// cause is err without the path that the message names already.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// replaceWith writes the file name, all that write writes or nothing.
func replaceWith(name string, write func(w io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.tmp")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, cause(err))
	}
	defer func() {
		if err != nil {
			f.Close() // a second Close is harmless
			os.Remove(f.Name())
			err = fmt.Errorf("cannot write %s: %w", name, cause(err))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	// CreateTemp lets only the owner read.
	if err := f.Chmod(0o644); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
