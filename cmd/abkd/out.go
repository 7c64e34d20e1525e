package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"abkd/gnn/file"
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
func cause(err error) error { return file.Cause(err) }

// replaceWith writes the file name, all that write writes or nothing.
func replaceWith(name string, write func(w io.Writer) error) error {
	if err := file.Write(name, write); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, cause(err))
	}
	return nil
}
