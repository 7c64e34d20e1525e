//go:build !js

package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A Folder is a new folder on its way to its name. Commit gives it the name,
// Discard removes it.
type Folder struct {
	// Path is where to write until then.
	Path string

	system system
	target string
	temp   string // holds Path
	free   func()
}

// NewFolder makes a folder that will take the name dir, which must not be there
// or be an empty folder. What a killed program left of such a folder goes.
func NewFolder(dir string) (*Folder, error) {
	switch entries, err := os.ReadDir(dir); {
	case err == nil && len(entries) > 0:
		return nil, errors.New("the folder is not empty, want a new one")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	Clean(dir)
	return newFolder(disk{}, dir)
}

func newFolder(s system, dir string) (*Folder, error) {
	target, err := s.resolve(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{system: s, target: target}
	for range 100 {
		f.temp = temporary(target)
		if err = s.mkdir(f.temp, 0o700); err != nil {
			return nil, err
		}
		if f.free, err = holdOwn(s, f.temp); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	f.Path = filepath.Join(f.temp, filepath.Base(target))
	if err = s.mkdir(f.Path, 0o777); err == nil {
		if old, e := s.stat(target); e == nil { // an empty one
			err = s.chmod(f.Path, old.Mode().Perm())
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Discard())
	}
	return f, nil
}

// Commit syncs all files of the folder and gives it its name.
func (f *Folder) Commit() error {
	err := f.system.syncTree(f.Path)
	if err == nil {
		err = f.system.rename(f.Path, f.target)
	}
	if err == nil {
		err = durable(f.system, filepath.Dir(f.target))
	}
	return errors.Join(err, f.Discard())
}

// Discard removes what has been written and has no name yet.
func (f *Folder) Discard() error {
	err := f.system.remove(f.temp)
	f.free()
	return err
}

// TemporaryFolder makes a folder for files that nobody needs when the program is over.
// free removes it. Folders of the same prefix that killed programs have left go.
func TemporaryFolder(prefix string) (dir string, free func(), err error) {
	cleanTemporary(prefix)
	for range 100 {
		if dir, err = os.MkdirTemp("", prefix+"*"+suffix); err != nil {
			return "", nil, err
		}
		if release, err := holdOwn(disk{}, dir); err == nil {
			return dir, func() { _ = os.RemoveAll(dir); release() }, nil
		}
	}
	return "", nil, errHeld
}

func cleanTemporary(prefix string) {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"+suffix)) // the pattern is well formed
	for _, dir := range left {
		if release, err := (disk{}).hold(dir); err == nil {
			_ = os.RemoveAll(dir)
			release()
		}
	}
}
