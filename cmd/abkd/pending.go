package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A pending folder is written in a folder beside its place and moved when it
// is complete, so that a folder of that name is never half a graph, and no
// part of it is left over.
type pending struct {
	dir  string // its place
	temp string // the folder beside
	name string // in temp
}

// newPending makes the folder to write to. dir must be new or empty.
func newPending(dir string) (*pending, error) {
	switch entries, err := os.ReadDir(dir); {
	case err == nil && len(entries) > 0:
		return nil, fmt.Errorf("--out %s: the folder is not empty, want a new one", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("--out %s: %w", dir, cause(err))
	}
	parent := filepath.Dir(filepath.Clean(dir))
	temp, err := os.MkdirTemp(parent, ".abkd-synth-*")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--out %s: there is no folder %s", dir, parent)
	}
	if err != nil {
		return nil, fmt.Errorf("--out %s: cannot write there: %w", dir, cause(err))
	}
	return &pending{dir, temp, filepath.Join(temp, filepath.Base(filepath.Clean(dir)))}, nil
}

// commit moves the folder to its place.
func (p *pending) commit() error {
	if err := os.Remove(p.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--out %s: %w", p.dir, cause(err))
	}
	return os.Rename(p.name, p.dir)
}

// discard removes what was written and not moved. After an interruption the
// writer may still be at it for a moment.
func (p *pending) discard() {
	for range 20 {
		if os.RemoveAll(p.temp) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
