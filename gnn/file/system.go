//go:build !js

package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// A system is what the package asks of the operating system. Tests have one
// whose power can be cut.
type system interface {
	resolve(name string) (string, error) // the name behind links
	stat(name string) (fs.FileInfo, error)
	create(name string, mode fs.FileMode) (handle, error) // a new file
	mkdir(name string, mode fs.FileMode) error
	chmod(name string, mode fs.FileMode) error
	link(name, second string) error
	rename(from, to string) error              // replaces a file, or an empty folder by a folder
	remove(name string) error                  // with all that is below
	hold(name string) (free func(), err error) // errHeld if another process does
	syncFolder(name string) error              // the names in it
	syncTree(name string) error                // the names and the files of a folder and of all below
}

// errHeld is the error of a file or a folder that a program holds.
var errHeld = errors.New("another program holds it")

// A handle is an open file.
type handle interface {
	io.Writer
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	Close() error
	adopt(old fs.FileInfo) error // take over the permissions of a file
}

// disk is the operating system itself.
type disk struct{}

func (disk) resolve(name string) (string, error)   { return Resolve(name) }
func (disk) stat(name string) (fs.FileInfo, error) { return os.Lstat(name) }
func (disk) link(name, second string) error        { return os.Link(name, second) }
func (disk) remove(name string) error              { return os.RemoveAll(name) }

func (disk) mkdir(name string, mode fs.FileMode) error { return os.Mkdir(name, mode) }
func (disk) chmod(name string, mode fs.FileMode) error { return os.Chmod(name, mode) }

func (disk) create(name string, mode fs.FileMode) (handle, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}

func (disk) rename(from, to string) error {
	err := os.Rename(from, to)
	if info, e := os.Stat(from); err != nil && e == nil && info.IsDir() && os.Remove(to) == nil {
		return os.Rename(from, to) // some systems replace no folder, even an empty one
	}
	return err
}

func (disk) syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	for _, none := range []error{errors.ErrUnsupported, syscall.EINVAL, syscall.EBADF, fs.ErrPermission} {
		if errors.Is(err, none) {
			return nil // a system that syncs no folders keeps names by itself
		}
	}
	return err
}

func (d disk) syncTree(name string) error {
	return filepath.WalkDir(name, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return d.syncFolder(path)
		case !e.Type().IsRegular():
			return nil
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

type diskFile struct{ *os.File }

func (f diskFile) adopt(old fs.FileInfo) error {
	chown(f.File, old)
	err := f.Chmod(old.Mode().Perm())
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// Resolve returns the absolute name of the file that name stands for, with
// links resolved as the system does. The file need not be there; its folder
// must.
func Resolve(name string) (string, error) {
	full := name
	for range 40 {
		for len(full) > 1 && os.IsPathSeparator(full[len(full)-1]) {
			full = full[:len(full)-1]
		}
		dir, base := filepath.Split(full)
		if base == ".." || base == "." || base == "" {
			dir, base = full, ""
		}
		if dir == "" {
			dir = "."
		}
		dir, err := filepath.EvalSymlinks(dir)
		if err == nil {
			dir, err = filepath.Abs(dir)
		}
		if err != nil {
			return "", err
		}
		full = filepath.Join(dir, base)
		to, err := os.Readlink(full)
		if err != nil {
			return full, nil // no link
		}
		if full = to; !filepath.IsAbs(to) {
			full = dir + string(os.PathSeparator) + to // not cleaned: a/.. may be another place
		}
	}
	return "", fmt.Errorf("%s: the links lead in a circle", name)
}

// Open opens an ordinary file to read it. Anything else is an error: to open a
// pipe is to wait for its writer, and a device may have no end.
func Open(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if err := Ordinary(info); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return os.Open(name)
}

// Read returns the content of an ordinary file.
func Read(name string) ([]byte, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	f.Close()
	return os.ReadFile(name)
}

// Ordinary reports what a file is if it is not an ordinary one.
func Ordinary(info fs.FileInfo) error {
	switch t := info.Mode().Type(); {
	case t == 0:
		return nil
	case t.IsDir():
		return errors.New("it is a folder, want a file")
	case t&fs.ModeNamedPipe != 0:
		return errors.New("it is a pipe, want an ordinary file")
	case t&fs.ModeDevice != 0:
		return errors.New("it is a device, want an ordinary file")
	case t&fs.ModeSymlink != 0:
		return errors.New("it is a link, want an ordinary file")
	case t&fs.ModeSocket != 0:
		return errors.New("it is a socket, want an ordinary file")
	}
	return errors.New("it is not an ordinary file")
}
