package paths

import (
	"errors"
	"fmt"

	"abkd/gnn/file"
)

// Locks are those of what a command writes.
type Locks struct{ held []*file.Lock }

// Take checks the paths of a command and locks those that are written, before
// any of them is opened.
func (h *Locks) Take(all []Path) error {
	if err := Check(all); err != nil {
		return err
	}
	for _, p := range all {
		if err := h.lock(p); err != nil {
			return err
		}
	}
	return nil
}

func (h *Locks) lock(p Path) (err error) {
	var l *file.Lock
	switch p.Use {
	case WritesFile, WritesNewFolder:
		l, err = file.LockFile(p.Name)
	case WritesFolder:
		take := file.LockFolder
		if p.Shared {
			take = file.ShareFolder
		}
		l, err = take(p.Name)
	case KeepsCache:
		if p.Part == "" {
			err = file.Probe(p.Name)
		}
	}
	if busy, ok := errors.AsType[*file.Busy](err); ok {
		return fmt.Errorf("%s: %w; wait for it or give another name", p.label(), busy)
	}
	if err != nil && p.Use == WritesFolder && forbidden(err) && IsFolder(p.Name) {
		return nil // nobody writes there; to look at what is there may be enough
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.label(), whyNot(p.Name, err))
	}
	h.held = append(h.held, l)
	return nil
}

// Free gives up all locks.
func (h *Locks) Free() {
	for _, l := range h.held {
		l.Unlock()
	}
}
