package paths

import (
	"bytes"
	"errors"
	"io"

	"abkd/gnn/file"
)

// A Kind is what a file may hold that a command replaces. A name mistyped must
// not cost somebody a file of another kind.
type Kind struct {
	Name string // with its article
	// Is reports whether a file of that size, not 0, begins with head as one of
	// the kind does.
	Is func(head []byte, size int64) bool
}

// BeginsWith is the kind of files that begin with one of these texts.
func BeginsWith(name string, starts ...string) *Kind {
	return &Kind{Name: name, Is: func(head []byte, _ int64) bool {
		for _, s := range starts {
			if bytes.HasPrefix(head, []byte(s)) {
				return true
			}
		}
		return false
	}}
}

// Holds reports whether the ordinary file called name is of the kind, or empty.
func (k *Kind) Holds(name string) (bool, error) {
	f, err := file.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	head := make([]byte, 1<<13)
	n, err := io.ReadFull(f, head)
	if n == 0 && errors.Is(err, io.EOF) {
		return true, nil
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	return k.Is(head[:n], info.Size()), nil
}
