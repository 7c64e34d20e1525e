//go:build !js

package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// A Lock is the right to write a file or a folder. It ends with its process,
// however that ends.
//
// It is a hidden file beside the file that is written, or in the folder: there
// every process that can write sees it, of another user or machine too. The
// file is removed when the lock is freed. One that a kill has left locks
// nothing, and the next lock of the same name takes it over and removes it.
type Lock struct {
	file   *flock.Flock
	shared bool
	made   []string // folders, the innermost last
}

// Busy is the error of what another process writes.
type Busy struct {
	Process int       // 0 if not known
	Since   time.Time // zero if not known
}

func (b *Busy) Error() string {
	if b.Process == 0 || b.Since.IsZero() {
		return "another abkd writes it"
	}
	layout := time.TimeOnly
	if time.Since(b.Since) > 12*time.Hour {
		layout = time.DateTime
	}
	return fmt.Sprintf("abkd with process %d writes it since %s", b.Process, b.Since.Local().Format(layout))
}

const lockSuffix = ".abkd-lock"

// lookers is how often a lock is tried again.
const lookers = 5

// LockFile takes the lock of the file called name, which need not be there, and
// removes what killed writers have left of it. The folder must be one that
// takes new files.
func LockFile(name string) (*Lock, error) {
	target, err := Resolve(name)
	if err != nil {
		return nil, err
	}
	l, err := lock(beside(target, lockSuffix), false)
	if err == nil {
		err = checkFree(filepath.Dir(target))
	}
	if err != nil {
		l.Unlock()
		return nil, err
	}
	Clean(target)
	return l, nil
}

// LockFolder takes the lock of a folder in which files are written. It makes
// the folder if need be; if nothing has come into it, Unlock removes it again.
func LockFolder(dir string) (*Lock, error) {
	l, err := lockFolder(dir, false)
	if err == nil {
		CleanFolder(dir)
	}
	return l, err
}

// ShareFolder is LockFolder for processes that write the same folder together. It
// cleans nothing, as not every file system tells what another machine writes.
func ShareFolder(dir string) (*Lock, error) { return lockFolder(dir, true) }

func lockFolder(dir string, shared bool) (*Lock, error) {
	made, err := makeFolders(dir)
	if err != nil {
		removeFolders(made)
		return nil, err
	}
	l, err := lock(filepath.Join(dir, lockSuffix), shared)
	if err != nil {
		removeFolders(made)
		return nil, err
	}
	l.made = made
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		real, err = filepath.Abs(real) // that of "." has a folder above
	}
	if err == nil {
		err = checkFree(filepath.Dir(real))
	}
	if err != nil {
		l.Unlock()
		return nil, err
	}
	return l, nil
}

// checkFree returns an error if somebody writes the folder dir, whose full name that
// is, or one above it.
func checkFree(dir string) error {
	for {
		name := filepath.Join(dir, lockSuffix)
		if _, err := os.Lstat(name); err == nil && isLocked(name) {
			return holder(name)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
		dir = filepath.Dir(dir)
	}
}

// isLocked reports whether somebody has the lock that the file called name stands
// for, which is there.
func isLocked(name string) bool {
	f := flock.New(name, flock.SetFlag(os.O_RDONLY|noFollow|noWait))
	ok, err := f.TryRLock() // shared, so that many can look
	if ok {
		_ = f.Unlock()
	}
	return err == nil && !ok
}

// IsLock reports whether name is that of a lock's file.
func IsLock(name string) bool { return strings.HasSuffix(name, lockSuffix) }

// Probe reports why the folder dir could not be made, and leaves things as they
// are. A folder that is there is fine.
func Probe(dir string) error {
	made, err := makeFolders(dir)
	removeFolders(made)
	return err
}

// makeFolders is os.MkdirAll, but returns the folders that were missing.
func makeFolders(dir string) (made []string, err error) {
	for _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist); _, err = os.Stat(dir) {
		made = append([]string{dir}, made...)
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	for i, d := range made {
		if err := os.Mkdir(d, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return made[:i], err
		}
		if err := (disk{}).syncFolder(filepath.Dir(d)); err != nil {
			return made[:i+1], err
		}
	}
	return made, nil
}

// removeFolders removes those that are empty.
func removeFolders(made []string) {
	for _, dir := range slices.Backward(made) {
		_ = os.Remove(dir) // not if something is in it
	}
}

// lock takes the lock that the file called name stands for, alone or with others
// that share it.
func lock(name string, shared bool) (*Lock, error) {
	for try := 0; ; try++ {
		// Who may write in the folder, but not to a lock's file of somebody else,
		// can lock it too.
		f := flock.New(name, flock.SetFlag(os.O_RDONLY|os.O_CREATE|noFollow|noWait), flock.SetPermissions(0o666))
		take := f.TryLock
		if shared {
			take = f.TryRLock
		}
		ok, err := take()
		switch {
		case unsupported(err):
			_ = os.Remove(name)
			return &Lock{}, nil
		case err != nil:
			return nil, err
		case !ok && try < lookers:
			time.Sleep(time.Millisecond) // it may be held by one that only looks, see held
			continue
		case !ok:
			return nil, holder(name)
		}
		if hasName(f, name) {
			// Without room on the disk the lock holds, but does not say whose it is.
			text := fmt.Sprintf("%d %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
			_ = os.WriteFile(name, []byte(text), 0)
			return &Lock{file: f, shared: shared}, nil
		}
		_ = f.Unlock() // the one before has removed it meanwhile
	}
}

// unsupported reports whether err is that of a file system without locks.
func unsupported(err error) bool {
	return errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EBADF)
}

// hasName reports whether the file that is locked still has its name.
func hasName(f *flock.Flock, name string) bool {
	locked, err := f.Stat()
	named, e := os.Lstat(name)
	return err == nil && e == nil && os.SameFile(locked, named)
}

// holder returns who has the lock.
func holder(name string) *Busy {
	var b Busy
	var since string
	text, err := Read(name)
	if err != nil {
		return &b
	}
	if n, _ := fmt.Sscan(string(text), &b.Process, &since); n == 2 {
		b.Since, _ = time.Parse(time.RFC3339, since)
	}
	return &b
}

// Unlock frees the lock.
func (l *Lock) Unlock() {
	if l == nil || l.file == nil {
		return
	}
	if l.shared {
		if alone, _ := l.file.TryLock(); !alone {
			_ = l.file.Unlock()
			return
		}
	}
	if runtime.GOOS == "windows" {
		_ = l.file.Unlock() // no open file can be removed there
	}
	_ = os.Remove(l.file.Path())
	_ = l.file.Unlock()
	removeFolders(l.made)
}
