//go:build linux || darwin

package file

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/gofrs/flock"
)

// hold takes a file or a folder for this process, as long as it runs at most. A
// name that somebody has removed between the opening and the lock is held by
// him who did.
func (disk) hold(name string) (free func(), err error) {
	l := flock.New(name, flock.SetFlag(os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK))
	ok, err := l.TryLock()
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, errHeld
	case !hasName(l, name):
		return nil, errors.Join(errHeld, l.Unlock())
	}
	return func() { l.Unlock() }, nil // what fails ends with the process
}

// chown gives f the owner of old, if this process may.
func chown(f *os.File, old fs.FileInfo) {
	if s, ok := old.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(s.Uid), int(s.Gid))
	}
}

const (
	noFollow = syscall.O_NOFOLLOW // a link in place of a file is an error
	noWait   = syscall.O_NONBLOCK // a pipe without a reader is an error
)
