//go:build !js

package ogb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/gzip"
)

const (
	bufferSize = 1 << 18 // less for a small file
	maxLine    = 1 << 24 // bytes; a million features of 16 characters
)

// A table reads a CSV file line by line out of one buffer.
//
//	buf  [ ...seen | row \n | not yet seen | free ]
//	                        start          end
type table struct {
	name string // of the file, relative to the data set
	line int    // number of the row, from 1
	row  []byte // without its line end, valid until the next call of next
	most int64  // bytes that the text can have, going by the file's size

	blanks bool // a blank row is one

	src        io.Reader
	buf        []byte
	start, end int
	srcErr     error // what src said at its end
	err        error
	close      func() error
}

func newTable(name string, src io.Reader, buffer int) *table {
	return &table{name: name, src: src, buf: make([]byte, buffer), close: func() error { return nil }}
}

func fileError(name string, err error) error {
	err = pathless(err)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ogb: %s: is missing", name)
	}
	return fmt.Errorf("ogb: %s: %w", name, err)
}

// pathless returns err without the path, which is said already.
func pathless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func gzipCause(err error) string {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the file is cut off"
	case errors.Is(err, gzip.ErrChecksum):
		return "the checksum is wrong"
	}
	return err.Error()
}

// A meter reports how much of a file has been read.
type meter struct {
	r           *reader
	f           *os.File
	name        string
	done, total int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.f.Read(p)
	m.done += int64(n)
	if m.r.Progress != nil {
		m.r.mu.Lock()
		defer m.r.mu.Unlock()
		m.r.Progress(m.name, m.done, m.total)
	}
	return n, err
}

// next advances to the next row and reports whether there is one. After the
// last row err says why there is none, nil at the end of the file. Blank lines
// at the end are no rows, unless a blank row means something.
func (t *table) next() bool {
	if !t.advance() {
		return false
	}
	if t.blanks || len(t.row) > 0 && t.row[0] > ' ' || len(bytes.TrimSpace(t.row)) > 0 {
		return true
	}
	for line := t.line; t.advance(); {
		if len(bytes.TrimSpace(t.row)) > 0 {
			t.err = fmt.Errorf("ogb: %s: line %d: is blank, and more follows", t.name, line)
			return false
		}
	}
	return false
}

func (t *table) advance() bool {
	if t.err != nil {
		return false
	}
	for scanned := t.start; ; {
		if i := bytes.IndexByte(t.buf[scanned:t.end], '\n'); i >= 0 {
			t.take(scanned+i, scanned+i+1)
			return true
		}
		scanned = t.end - t.start // from the buffer's beginning, where fill moves it
		if t.srcErr != nil {
			return t.last()
		}
		if t.err = t.fill(); t.err != nil {
			return false
		}
	}
}

// take makes the row of the bytes from start to end and goes on at next.
func (t *table) take(end, next int) {
	t.row = bytes.TrimSuffix(t.buf[t.start:end], []byte{'\r'})
	t.start = next
	if t.line++; t.line == 1 {
		t.row = bytes.TrimPrefix(t.row, byteOrderMark)
	}
}

// last takes what follows the last line end, if anything.
func (t *table) last() bool {
	if t.srcErr != io.EOF {
		t.err = fmt.Errorf("ogb: %s: line %d: cannot be unpacked: %s", t.name, t.line+1, gzipCause(t.srcErr))
		return false
	}
	if t.start == t.end {
		return false
	}
	t.take(t.end, t.end)
	return true
}

// fill moves the unseen bytes to the front of the buffer and reads more.
func (t *table) fill() error {
	t.end = copy(t.buf, t.buf[t.start:t.end])
	t.start = 0
	if t.end == len(t.buf) {
		if len(t.buf) >= maxLine {
			return fmt.Errorf("ogb: %s: line %d: is longer than %d bytes", t.name, t.line+1, maxLine)
		}
		t.buf = append(t.buf, make([]byte, len(t.buf))...)
	}
	var n int
	n, t.srcErr = t.src.Read(t.buf[t.end:])
	t.end += n
	return nil
}

// errorf returns an error about the current row.
func (t *table) errorf(format string, args ...any) error {
	return fmt.Errorf("ogb: %s: line %d: %s", t.name, t.line, fmt.Sprintf(format, args...))
}

// done closes t and returns the error that ended it: err, its own, or that of
// a wrong number of rows unless want is negative.
func (t *table) done(err error, rows, want int, whence string) error {
	cerr := t.close()
	switch {
	case err != nil:
		return err
	case t.err != nil:
		return t.err
	case want >= 0 && rows != want:
		return fmt.Errorf("ogb: %s: line %d: the file ends after %d rows, want %d (%s)", t.name, t.line, rows, want, whence)
	}
	return cerr
}

// ints parses the row as len(dst) integers.
func (t *table) ints(dst []int64) error {
	rest := t.row
	for i := range dst {
		v, n, ok := parseInt(rest)
		if !ok {
			if v, ok = looseInt(rest[:n]); !ok {
				return t.badField(i, rest[:n], "an integer")
			}
		}
		dst[i] = v
		if rest = rest[n:]; len(rest) == 0 && i < len(dst)-1 {
			return t.errorf("%d fields, want %d", i+1, len(dst))
		}
		if len(rest) > 0 {
			rest = rest[1:]
			if i == len(dst)-1 {
				return t.errorf("%d fields, want %d", bytes.Count(t.row, comma)+1, len(dst))
			}
		}
	}
	return nil
}

var comma = []byte{','}
