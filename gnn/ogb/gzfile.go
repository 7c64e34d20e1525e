//go:build !js

package ogb

import (
	"bufio"
	"cmp"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
)

// A gzFile is a gzipped file that is being written.
type gzFile struct {
	w    *writer
	name string
	f    *os.File
	buf  *bufio.Writer
	z    *gzip.Writer
	line []byte
}

// create creates the file of that name and its folder.
func (w *writer) create(name string) *gzFile {
	file := &gzFile{w: w, name: name}
	if w.err != nil {
		return file
	}
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		w.err = fileError(name, err)
		return file
	}
	f, err := os.Create(path)
	if err != nil {
		w.err = fileError(name, err)
		return file
	}
	file.f, file.buf = f, bufio.NewWriterSize(f, 1<<16)
	file.z, _ = gzip.NewWriterLevel(file.buf, gzip.BestSpeed) // the level is valid
	return file
}

// flush writes the line and empties it.
func (f *gzFile) flush() {
	if f.w.err == nil {
		if _, err := f.z.Write(append(f.line, '\n')); err != nil {
			f.w.err = fileError(f.name, err)
		}
	}
	f.line = f.line[:0]
}

func (f *gzFile) close() {
	if f.f == nil {
		return
	}
	if err := cmp.Or(f.z.Close(), f.buf.Flush(), f.f.Close()); err != nil && f.w.err == nil {
		f.w.err = fileError(f.name, err)
	}
}
