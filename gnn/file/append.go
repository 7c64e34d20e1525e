//go:build !js

package file

import (
	"io/fs"
	"os"
)

// Append opens an ordinary file to write at its end; it makes one if there is
// none. A link is an error: who else may write in the folder could have planted
// it to have another file written.
func Append(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND|noFollow|noWait, 0o666)
	if err != nil {
		if info, e := os.Lstat(name); e == nil {
			if e := Ordinary(info); e != nil {
				err = &fs.PathError{Op: "open", Path: name, Err: e}
			}
		}
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = Ordinary(info)
	}
	if err != nil {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: Cause(err)}
	}
	return f, nil
}
