// Package paths looks after the files and folders that a command reads and
// writes: none replaces what is read, no two processes write one, and a file is
// replaced by one of its own kind alone.
package paths

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"abkd/gnn/file"
)

// A Path is a file or a folder that a command reads or writes.
type Path struct {
	Flag string // that gives it, or the name of the argument
	Name string
	Part string // what it is to the flag, "" for what the flag names
	Use  Use
	Kind *Kind // what a file that is written may replace; nil for anything
	// Shared is set for a folder that processes of the same command write together.
	Shared bool
}

// A Use is what a command does with a path.
type Use int

// The uses.
const (
	ReadsFile Use = iota
	ReadsGraph
	ReadsFolder
	ServesFolder // all in it is given to whoever asks
	WritesFile
	WritesNewFolder // it appears when it is complete
	WritesFolder    // files are written in it
	KeepsCache      // a folder for files that others may write too
)

// label says in messages which path it is.
func (p Path) label() string {
	if p.Part != "" {
		return p.Flag + " (" + p.Part + " " + p.Name + ")"
	}
	return p.Flag + " " + p.Name
}

// whyNot says why nothing new can be written at name.
func whyNot(name string, err error) error {
	dir := filepath.Dir(filepath.Clean(name))
	info, e := os.Stat(dir)
	switch {
	case errors.Is(e, fs.ErrNotExist) && IsFolder(existing(dir)):
		return fmt.Errorf("no folder can be made in %s: %w", existing(dir), file.Cause(err))
	case e == nil && info.IsDir() && errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s takes no files of yours: it shows what the system does; choose a folder on a disk", dir)
	case forbidden(err):
		return fmt.Errorf("cannot write in %s: %w; choose a folder that you may write to", dir, file.Cause(err))
	}
	return fmt.Errorf("cannot write there: %w", file.Cause(err))
}

// forbidden reports whether err says that this user may not write there.
func forbidden(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// existing returns the innermost folder of name that is there.
func existing(name string) string {
	for {
		if _, err := os.Stat(name); err == nil || name == filepath.Dir(name) {
			return name
		}
		name = filepath.Dir(name)
	}
}

// IsFolder reports whether name is that of a folder, or of a link to one.
func IsFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// A place is a path with its links resolved.
type place struct {
	Path
	real string
	info fs.FileInfo // nil if nothing is there
}

func newPlace(p Path) place {
	info, err := os.Stat(p.Name)
	if err != nil {
		info = nil
	}
	return place{p, realName(p.Name), info}
}

// realName returns the absolute name of what name stands for, as far as it is
// there.
func realName(name string) string {
	if real, err := file.Resolve(name); err == nil {
		return real
	}
	full, err := filepath.Abs(name)
	if err != nil || full == filepath.Dir(full) {
		return name
	}
	return filepath.Join(realName(filepath.Dir(full)), filepath.Base(full))
}

// same reports whether both are one file or folder.
func (p place) same(q place) bool {
	return p.real == q.real || p.info != nil && q.info != nil && os.SameFile(p.info, q.info)
}

// inside reports whether p is in the folder q or below.
func (p place) inside(q place) bool { return within(p.real, q.real) }

func within(name, dir string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && rel != "." && filepath.IsLocal(rel)
}

// Check refuses what is no file or folder as it should be, an output that
// is an input or lies in one, an input in a folder that is written, two outputs
// that are one, an output that would replace a file of another kind, and what is kept
// in a folder that is served.
func Check(all []Path) error {
	var reads, writes, keeps []place
	for _, p := range all {
		at := newPlace(p)
		if err := at.checkNature(); err != nil {
			return fmt.Errorf("%s: %w", p.label(), err)
		}
		switch {
		case p.Use <= ServesFolder:
			reads = append(reads, at)
		case p.Use != KeepsCache || p.Part != "":
			writes = append(writes, at)
		default:
			keeps = append(keeps, at)
		}
	}
	for _, k := range keeps {
		for _, r := range reads {
			if r.Use == ServesFolder && (k.same(r) || k.inside(r)) {
				return fmt.Errorf("%s: it is in %s of %s, all of which is served: want a folder elsewhere", k.label(), r.Name, r.FlagName())
			}
		}
	}
	for i, w := range writes {
		for _, r := range reads {
			if err := w.apartFrom(r); err != nil {
				return fmt.Errorf("%s: %w", w.label(), err)
			}
		}
		for _, other := range writes[:i] {
			if w.same(other) || other.Use == WritesFolder && w.inside(other) || w.Use == WritesFolder && other.inside(w) {
				return fmt.Errorf("%s: it is what %s writes too, want one of its own", w.label(), other.FlagName())
			}
		}
		if err := w.checkKind(); err != nil {
			return fmt.Errorf("%s: %w", w.label(), err)
		}
	}
	return nil
}

// FlagName is the flag alone.
func (p Path) FlagName() string {
	flag, _, _ := strings.Cut(p.Flag, " ")
	return flag
}

// apartFrom refuses to write w if that is what r reads.
func (w place) apartFrom(r place) error {
	if w.same(r) {
		return fmt.Errorf("it is what is read as %s, want another name", r.FlagName())
	}
	folder := r.info != nil && r.info.IsDir()
	if folder && w.inside(r) {
		return fmt.Errorf("it is in %s, which is read as %s: nothing is written into what is read, want a name outside", r.Name, r.FlagName())
	}
	if (w.Use == WritesFolder || w.Use == WritesNewFolder) && r.inside(w) {
		return fmt.Errorf("%s %s, which is read, is in it: want another folder", r.FlagName(), r.Name)
	}
	if folder {
		if name := readThroughLink(r, w); name != "" {
			return fmt.Errorf("it is what is read as %s (in %s: %s), want another name", r.FlagName(), r.Name, name)
		}
	}
	return nil
}

// mostEntries is how many files of a folder are looked at: a data set has
// hundreds.
const mostEntries = 1 << 16

// readThroughLink returns the name by which reading the folder r would read
// what is written as w: through a link in r, or another name of the same file.
func readThroughLink(r, w place) (found string) {
	seen, left := map[string]bool{}, mostEntries
	var look func(dir string)
	look = func(dir string) {
		real := realName(dir)
		if seen[real] {
			return
		}
		seen[real] = true
		entries, _ := os.ReadDir(dir) // who reads it will say what is wrong
		for _, e := range entries {
			if left--; left < 0 || found != "" {
				return
			}
			name := filepath.Join(dir, e.Name())
			linked := e.Type()&fs.ModeSymlink != 0
			if !linked && !e.IsDir() && w.info == nil {
				continue
			}
			info, err := os.Stat(name)
			switch {
			case err != nil:
			case info.IsDir() && linked && within(w.real, realName(name)):
				found = name
			case info.IsDir():
				look(name)
			case w.info != nil && os.SameFile(info, w.info):
				found = name
			}
		}
	}
	look(r.Name)
	return found
}

// checkNature refuses a folder in place of a file, the other way round, and
// what is neither.
func (p place) checkNature() error {
	_, err := os.Stat(p.Name)
	if p.info == nil {
		if p.Use > ServesFolder {
			return p.checkFolder(err)
		}
		return nil // who reads it will say that it is missing
	}
	notFile := file.Ordinary(p.info)
	switch p.Use {
	case ReadsFile:
		return notFile
	case ReadsGraph:
		if p.info.IsDir() {
			return nil
		}
		return notFile
	case WritesFile:
		if p.info.IsDir() {
			return errors.New("it is a folder, want the name of a file")
		}
		if notFile != nil {
			return fmt.Errorf("%w, which can be replaced", notFile)
		}
		return nil
	}
	if !p.info.IsDir() && p.Part == "" {
		return errors.New("it is a file, not a directory; want a folder")
	}
	return nil
}

// checkFolder refuses a new file or folder in a place that is not there. err is
// why nothing was found.
func (p place) checkFolder(err error) error {
	dir := filepath.Dir(filepath.Clean(p.Name))
	there := existing(dir)
	switch {
	case !IsFolder(there):
		return fmt.Errorf("%s is a file, not a directory", there)
	case !errors.Is(err, fs.ErrNotExist):
		return whyNot(p.Name, err)
	case there != dir && (p.Use == WritesFile || p.Use == WritesNewFolder):
		return fmt.Errorf("there is no folder %s: make it first", dir)
	case p.Use == WritesFile && os.IsPathSeparator(p.Name[len(p.Name)-1]):
		return errors.New("it is the name of a folder, want that of a file")
	}
	return nil
}

// checkKind refuses to replace a file that is of another kind than what is
// written.
func (p place) checkKind() error {
	if p.Kind == nil || p.info == nil {
		return nil
	}
	ok, err := p.Kind.Holds(p.Name)
	if err != nil {
		return fmt.Errorf("the file that is there cannot be read (%w), and would be replaced: move it away or give another name", file.Cause(err))
	}
	if !ok {
		return fmt.Errorf("the file that is there is no %s, and would be replaced: move it away or give another name", p.Kind.Name)
	}
	return nil
}
