//go:build !js

// Package file replaces files and folders as a whole, and locks what a program
// writes.
//
// A new file or folder is made beside its place under a name that no other
// program takes. It is written, it is synced to the disk, it takes its name,
// and then the folder that holds the name is synced too. So at every moment,
// after a kill or a power cut too, the name stands for all of the old content
// or for all of the new one; and once Commit has returned, for the new one.
package file

import (
	"bufio"
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrNotDurable is the error of a file that has its new content, which a power
// cut may still undo: the system could not sync the folder.
var ErrNotDurable = errors.New("it is written, but the system could not make that last")

// A File is a new file on its way to its name. Commit gives it the name,
// Discard removes it.
type File struct {
	handle
	system system
	target string      // the name, links resolved
	temp   string      // the name until then
	old    fs.FileInfo // what has the name now, nil for nothing
	free   func()
}

// Create makes a file that will replace the one called name. If name is a link,
// the file that it leads to is replaced and the link stays.
//
// A new file has the permissions that the process gives to new files. One that
// replaces another has those of the other; until Commit only its owner may read
// it.
func Create(name string) (*File, error) { return create(disk{}, name) }

func create(s system, name string) (*File, error) {
	target, err := s.resolve(name)
	if err != nil {
		return nil, err
	}
	f := &File{system: s, target: target}
	mode := fs.FileMode(0o666)
	if f.old, err = s.stat(target); err == nil {
		mode = 0o600
	} else if f.old = nil; !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for range 100 {
		f.temp = temporary(target)
		if f.handle, err = s.create(f.temp, mode); errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		if f.free, err = holdOwn(s, f.temp); err == nil {
			return f, nil
		}
		err = errors.Join(err, f.Close(), s.remove(f.temp))
	}
	return nil, err
}

// holdOwn holds what this process has just made. It is an error if somebody who
// cleans has taken it for something that was left; where the file system has no
// locks, nobody does.
func holdOwn(s system, temp string) (free func(), err error) {
	free, err = s.hold(temp)
	switch {
	case err == nil:
		return free, nil
	case errors.Is(err, errHeld) || errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return func() {}, nil
}

// Commit syncs the file and gives it its name. After an error the name stands
// for what it did before, unless the error is ErrNotDurable.
func (f *File) Commit() error {
	err := f.finish()
	if err == nil {
		err = f.system.rename(f.temp, f.target)
	}
	if err != nil {
		return errors.Join(err, f.Discard())
	}
	f.free()
	return durable(f.system, filepath.Dir(f.target))
}

// finish writes all of the file to the disk and closes it.
func (f *File) finish() error {
	if f.old != nil {
		if err := f.handle.adopt(f.old); err != nil {
			return err
		}
	}
	return cmp.Or(f.Sync(), f.Close())
}

// Discard removes the file; what has its name stays.
func (f *File) Discard() error {
	f.Close() // a second Close is harmless
	err := f.system.remove(f.temp)
	f.free()
	return err
}

// durable makes the names in the folder dir last.
func durable(s system, dir string) error {
	if err := s.syncFolder(dir); err != nil {
		return fmt.Errorf("%w: %w", ErrNotDurable, Cause(err))
	}
	return nil
}

// Write replaces the file called name with all that write writes, or with
// nothing.
func Write(name string, write func(w io.Writer) error) error {
	return WriteAll([]Content{{name, write}})
}

// Replace is Write with an error that names the file.
func Replace(name string, write func(w io.Writer) error) error {
	if err := Write(name, write); err != nil {
		return Unwritten(err, name)
	}
	return nil
}

// Unwritten is the error err of writing these files as a whole, all or none. It
// names them and says what is there now and what to do.
func Unwritten(err error, names ...string) error {
	all := strings.Join(names, ", ")
	if errors.Is(err, ErrNotDurable) {
		return fmt.Errorf("%s: %w", all, err)
	}
	return fmt.Errorf("cannot write %s: %w%s", all, Cause(err), Outcome(err, names...))
}

// Outcome says, after the error err of writing these files, what is there now
// and what to do.
func Outcome(err error, names ...string) string {
	state := "; nothing is written"
	for _, name := range names {
		if _, e := os.Lstat(name); e == nil {
			state = "; the previous file is unchanged"
			if len(names) > 1 {
				state = "; the previous files are unchanged"
			}
		}
	}
	return state + Advice(err)
}

// Advice says after an error of writing what to do, "" if that is not known.
func Advice(err error) string {
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

// Bytes returns what writes content.
func Bytes(content []byte) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}
}

// A Content is a file to write.
type Content struct {
	Name  string
	Write func(w io.Writer) error
}

// WriteAll replaces several files. None of them is replaced before all of them
// are complete and on the disk; if one cannot be replaced then, those replaced
// before get their old content back.
func WriteAll(contents []Content) error { return writeAll(disk{}, contents) }

func writeAll(s system, contents []Content) (err error) {
	var files []*File
	defer func() {
		for _, f := range files { // that have no name yet
			err = errors.Join(err, f.Discard())
		}
	}()
	for _, c := range contents {
		f, err := create(s, c.Name)
		if err != nil {
			return err
		}
		files = append(files, f)
		w := bufio.NewWriterSize(f, 1<<16)
		if err := c.Write(w); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if err := f.finish(); err != nil {
			return err
		}
	}
	b := backup{system: s}
	for len(files) > 0 {
		f := files[0]
		if len(contents) > 1 {
			b.keepSecondName(f)
		}
		if err := s.rename(f.temp, f.target); err != nil {
			return errors.Join(err, b.restore())
		}
		f.free()
		files = files[1:]
		b.done = append(b.done, f)
	}
	b.removeSecondNames()
	for i, f := range b.done {
		if dir := filepath.Dir(f.target); i == 0 || dir != filepath.Dir(b.done[i-1].target) {
			err = cmp.Or(err, durable(s, dir))
		}
	}
	return err
}

// A backup is the way back for several files of which only some have been
// replaced.
type backup struct {
	system
	done []*File          // that have been replaced
	old  map[*File]string // a second name of what they replace
}

// keepSecondName gives what f replaces a second name. Where the system has no such names
// there is no way back.
func (b *backup) keepSecondName(f *File) {
	if f.old == nil {
		return
	}
	if name := temporary(f.target); b.link(f.target, name) == nil {
		if b.old == nil {
			b.old = map[*File]string{}
		}
		b.old[f] = name
	}
}

// restore undoes the replacements.
func (b *backup) restore() (err error) {
	for _, f := range b.done {
		if f.old == nil {
			err = errors.Join(err, b.remove(f.target))
		} else if name, ok := b.old[f]; ok {
			err = errors.Join(err, b.rename(name, f.target))
			delete(b.old, f)
		}
	}
	b.removeSecondNames()
	return err
}

// removeSecondNames removes the second names.
func (b *backup) removeSecondNames() {
	for _, name := range b.old {
		_ = b.remove(name) // a later run cleans
	}
}

// The names of temporary files and folders.
const (
	mark   = ".abkd-"
	suffix = ".tmp"
	digits = 16
)

// temporary returns a name beside target that nobody else takes.
func temporary(target string) string {
	var b [digits / 2]byte
	rand.Read(b[:]) // it never fails
	return beside(target, mark+hex.EncodeToString(b[:])+suffix)
}

// beside returns the name of a hidden file in the folder of target. A name that
// would be too long for most systems is cut.
func beside(target, ending string) string {
	base := filepath.Base(target)
	const longest = 180
	if len(base) > longest {
		base = fmt.Sprintf("%s-%08x", base[:longest], crc32.ChecksumIEEE([]byte(base)))
	}
	return filepath.Join(filepath.Dir(target), "."+base+ending)
}

// Temporary reports whether name is that of a file or a folder that was not
// complete when a program was killed, or is not complete yet.
func Temporary(name string) bool {
	rest, ok := trimEnd(filepath.Base(name), suffix)
	if !ok || len(rest) < digits+len(mark)+2 || rest[0] != '.' {
		return false
	}
	_, err := hex.DecodeString(rest[len(rest)-digits:])
	return err == nil && rest[len(rest)-digits-len(mark):len(rest)-digits] == mark
}

func trimEnd(s, end string) (string, bool) {
	if len(s) < len(end) || s[len(s)-len(end):] != end {
		return s, false
	}
	return s[:len(s)-len(end)], true
}

// Clean removes what programs that were killed while they wrote name have left.
// What a running program writes stays.
func Clean(name string) {
	target, err := Resolve(name)
	if err != nil {
		return
	}
	own := filepath.Base(beside(target, mark))
	clean(filepath.Dir(target), func(left string) bool {
		return len(left) == len(own)+digits+len(suffix) && left[:len(own)] == own
	})
}

// CleanFolder is Clean for all files of a folder.
func CleanFolder(dir string) { clean(dir, func(string) bool { return true }) }

func clean(dir string, of func(name string) bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // whoever writes there will say why
	}
	for _, e := range entries {
		if !Temporary(e.Name()) || !of(e.Name()) {
			continue
		}
		name := filepath.Join(dir, e.Name())
		if free, err := (disk{}).hold(name); err == nil {
			_ = os.RemoveAll(name) // in vain at worst
			free()
		}
	}
}

// Cause is err without the path in it, which is that of a temporary file, or
// which the message has already.
func Cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}
